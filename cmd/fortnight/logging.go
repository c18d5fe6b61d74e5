package main

import (
	"fmt"
	"io"
	"log/slog"
)

// logger writes facts with names to w.
func (c Config) logger(w io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return nil, fmt.Errorf("%s_LOG_LEVEL is %q: write debug, info, warn or error", prefix, c.LogLevel)
	}
	options := &slog.HandlerOptions{Level: level}
	switch c.LogFormat {
	case "text":
		return slog.New(slog.NewTextHandler(w, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	}
	return nil, fmt.Errorf("%s_LOG_FORMAT is %q: write text or json", prefix, c.LogFormat)
}
