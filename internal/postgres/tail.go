package postgres

import (
	"bytes"
	"io"
	"sync"
)

// tail is a writer that keeps the last bytes of the server's log for an error, and passes all of it on.
type tail struct {
	mu   sync.Mutex
	kept []byte
	next io.Writer
}

const tailSize = 16 << 10

func newTail(next io.Writer) *tail {
	if next == nil {
		next = io.Discard
	}
	return &tail{next: next}
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - tailSize; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	_, _ = t.next.Write(p) // a log that cannot be written must not stop the server
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.kept))
}

func (t *tail) Reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = nil
}
