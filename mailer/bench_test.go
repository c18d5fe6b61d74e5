package mailer_test

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/internal/postfix/posttest"
	"fortnight/mailer"
)

// sized makes a message of about so many encoded bytes: text, html and pictures that do not compress.
func sized(bytesEncoded int) digest.Message {
	m := someone()
	m.Variant.PDF = nil
	m.Variant.HTML = append(m.Variant.HTML, bytes.Repeat([]byte("<td>307 messages</td>\n"), bytesEncoded/100)...)
	noise := make([]byte, bytesEncoded*52/100)
	r := mathrand.NewChaCha8([32]byte{1})
	_, _ = r.Read(noise)
	m.Variant.Images[0].PNG = noise
	return m
}

var sizes = []struct {
	name  string
	bytes int
}{{"20kB", 19_000}, {"250kB", 250_000}}

func keysOf(b testing.TB) map[string][]mailer.Key {
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	return map[string][]mailer.Key{
		"unsigned": nil,
		"Ed25519":  {{Domain: "fortnight.example", Selector: "e1", Signer: edKey}},
		"RSA":      {{Domain: "fortnight.example", Selector: "r1", Signer: rsaKey(b, 2048)}},
	}
}

func BenchmarkForm(b *testing.B) {
	for _, size := range sizes {
		b.Run(size.name, func(b *testing.B) {
			m, d := post(b), sized(size.bytes)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := m.Form(d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMessage(b *testing.B) {
	for _, size := range sizes {
		for _, kind := range []string{"unsigned", "Ed25519", "RSA"} {
			b.Run(size.name+"/"+kind, func(b *testing.B) {
				d := sized(size.bytes)
				f, err := post(b, keysOf(b)[kind]...).Form(d)
				if err != nil {
					b.Fatal(err)
				}
				var buffer []byte
				b.ReportAllocs()
				for b.Loop() {
					if buffer, err = f.Message(buffer[:0], d); err != nil {
						b.Fatal(err)
					}
				}
				b.SetBytes(int64(len(buffer)))
			})
		}
	}
}

// BenchmarkComposeAndSend goes over ten connections, the messages of one form, to a server in this process that only reads, and to
// Postfix's smtp-sink.
func BenchmarkComposeAndSend(b *testing.B) {
	for _, size := range sizes {
		for _, to := range []struct {
			name  string
			start func(testing.TB) int
		}{{"reader", startReader}, {"smtp-sink", startSink}} {
			for _, kind := range []string{"unsigned", "Ed25519", "RSA"} {
				b.Run(size.name+"/"+to.name+"/"+kind, func(b *testing.B) {
					port := to.start(b)
					b.ResetTimer()
					benchmarkSending(b, port, size.bytes, keysOf(b)[kind])
				})
			}
		}
	}
}

func benchmarkSending(b *testing.B, port, size int, keys []mailer.Key) {
	const lanes = 10
	m, err := mailer.New(mailer.Config{
		Host: "127.0.0.1", Port: port, TLS: mailer.None, Connections: lanes, DKIM: keys, Now: time.Now,
		Limits: mailer.Limits{DomainConnections: lanes},
	})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = m.Close(b.Context()) }()
	d := sized(size)
	f, err := m.Form(d)
	if err != nil {
		b.Fatal(err)
	}
	var left atomic.Int64
	left.Store(int64(b.N))
	var all sync.WaitGroup
	b.ReportAllocs()
	for range lanes {
		all.Go(func() {
			c, err := m.Connection(b.Context())
			if err != nil {
				b.Error(err)
				return
			}
			defer c.Free()
			var buffer []byte
			for left.Add(-1) >= 0 {
				gone, _ := m.Leave(reader)
				if buffer, err = f.Message(buffer[:0], d); err != nil {
					b.Error(err)
					return
				}
				if o := c.Send(b.Context(), digest.Envelope{ReturnPath: sender, To: reader}, buffer); o.State != digest.DeliverySent {
					b.Errorf("%+v", o)
					return
				}
				gone()
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// BenchmarkSMTPSource is Postfix's own sender over as many connections to the same sink: what this machine can do.
func BenchmarkSMTPSource(b *testing.B) {
	for _, size := range sizes {
		for name, flags := range map[string][]string{"dialling each time": nil, "keeping connections": {"-d"}} {
			b.Run(size.name+"/"+name, func(b *testing.B) {
				sink := posttest.Sink(b)
				b.ResetTimer()
				b.ReportMetric(posttest.Source(b, sink, b.N, size.bytes, flags...), "messages/s")
			})
		}
	}
}

func startSink(t testing.TB) int { return posttest.Sink(t).(*net.TCPAddr).Port }

// startReader starts a server that takes everything.
func startReader(t testing.TB) int {
	return rawServer(t, func(c net.Conn) {
		in, out := bufio.NewReaderSize(c, 64<<10), bufio.NewWriter(c)
		fmt.Fprint(c, "220 reader\r\n")
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			switch verb := strings.ToUpper(line[:4]); verb {
			case "EHLO":
				fmt.Fprint(out, "250-reader\r\n250-8BITMIME\r\n250 PIPELINING\r\n")
			case "DATA":
				fmt.Fprint(out, "354 go\r\n")
				if out.Flush() != nil || readData(in) != nil {
					return
				}
				fmt.Fprint(out, "250 taken\r\n")
			default:
				fmt.Fprint(out, "250 ok\r\n")
			}
			if in.Buffered() == 0 && out.Flush() != nil {
				return
			}
		}
	}).Port
}

func readData(in *bufio.Reader) error {
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if bytes.Equal(line, []byte(".\r\n")) {
			return nil
		}
	}
}
