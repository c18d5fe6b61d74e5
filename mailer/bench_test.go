package mailer_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"fortnight/digest"
	"fortnight/mailer"
)

// sized makes a message of about so many encoded bytes: text, html and pictures that do not compress.
func sized(bytesEncoded int) digest.Message {
	m := someone()
	m.Variant.PDF = nil
	m.Variant.HTML = append(m.Variant.HTML, bytes.Repeat([]byte("<td>307 messages</td>\n"), bytesEncoded/100)...)
	noise := make([]byte, bytesEncoded/2)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(noise)
	m.Variant.Images[0].PNG = noise
	return m
}

func benchmark(b *testing.B, size int, keys []mailer.Key) {
	s := new(server).start(b, false)
	m := s.mailer(b, func(c *mailer.Config) { c.Connections, c.DKIM = 1, keys })
	d := sized(size)
	raw, err := m.Compose(d)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("compose", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := m.Compose(d); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("compose and send", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		for b.Loop() {
			raw, err := m.Compose(d)
			if err != nil {
				b.Fatal(err)
			}
			if o := m.Send(b.Context(), digest.Envelope{ReturnPath: sender, To: reader}, raw); o.State != digest.DeliverySent {
				b.Fatalf("%+v", o)
			}
			s.mu.Lock()
			s.got = s.got[:0]
			s.mu.Unlock()
		}
	})
}

func BenchmarkAMessageOf21kB(b *testing.B)  { benchmark(b, 21_000, nil) }
func BenchmarkAMessageOf269kB(b *testing.B) { benchmark(b, 269_000, nil) }

func BenchmarkASignedMessageOf269kB(b *testing.B) {
	benchmark(b, 269_000, []mailer.Key{{Domain: "fortnight.example", Selector: "s1", Signer: rsaKey(b, 2048)}})
}
