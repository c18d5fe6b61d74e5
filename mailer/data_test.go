package mailer

import (
	"bufio"
	"bytes"
	"net/textproto"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDataIsWrittenAsTheStandardLibraryWritesItAndReadsIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bits := rapid.SliceOfN(rapid.SampledFrom([]string{".", "..", "\r\n", "\n", "x", "\r\n.\r\n", "\n.\n", " ", strings.Repeat("long", 30)}), 0, 40)
		message := []byte(strings.Join(bits.Draw(t, "message"), ""))
		var got, want bytes.Buffer
		w := bufio.NewWriterSize(&got, 16)
		if err := writeData(w, message); err != nil {
			t.Fatal(err)
		}
		their := textproto.NewWriter(bufio.NewWriter(&want))
		dot := their.DotWriter()
		_, _ = dot.Write(message)
		_ = dot.Close()
		if len(message) == 0 {
			return // theirs sends an empty line before the dot; nobody sends nothing
		}
		if !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Fatalf("%q\nis written as\n%q\nand not as\n%q", message, got.Bytes(), want.Bytes())
		}
	})
}
