package intake

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"fortnight/digest"
)

// table is a Parquet file of flat rows. Its end says where the rest is, so what comes as a stream is put into a temporary file first.
type table struct {
	file    *os.File // ours, and deleted already; nil: none
	rows    rowReader
	columns []parquetColumn
	buffer  []parquet.Row
	have    []parquet.Row // of buffer, still to be given
	n       int
}

type rowReader interface {
	parquet.RowReader
	io.Closer
}

type parquetColumn struct {
	name string
	read func(parquet.Value) any
}

// parquetRows is how many rows are read at a time.
const parquetRows = 256

func newParquet(from io.Reader) (reader, error) {
	file, err := os.CreateTemp("", "fortnight-*.parquet")
	if err != nil {
		return nil, fmt.Errorf("put a Parquet file aside: %w", err)
	}
	t := &table{file: file, buffer: make([]parquet.Row, parquetRows)}
	_ = os.Remove(file.Name()) // where that is not possible it is done at the end
	size, err := io.Copy(file, from)
	if err == nil {
		err = t.open(size)
	}
	if err != nil {
		t.close()
		return nil, broken(err)
	}
	return t, nil
}

func (t *table) close() {
	if t.rows != nil {
		_ = t.rows.Close() // it was only read
	}
	_ = t.file.Close() // nothing of it is kept
	_ = os.Remove(t.file.Name())
}

// damaged turns a panic of the library, which a damaged file can bring about, into an error.
func damaged(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%w: the Parquet file is damaged: %v", digest.ErrUnreadable, r)
	}
}

func (t *table) open(size int64) (err error) {
	defer damaged(&err)
	if err := entire(t.file, size); err != nil {
		return err
	}
	file, err := parquet.OpenFile(t.file, size)
	if err != nil {
		return fmt.Errorf("%w: this is no Parquet file: %w", digest.ErrUnreadable, err)
	}
	for _, c := range file.Root().Columns() {
		if !c.Leaf() || c.Repeated() {
			return fmt.Errorf("%w: column %q of the Parquet file is a list or a structure: write flat rows", digest.ErrUnreadable, clipped(c.Name()))
		}
		read, err := parquetRead(c)
		if err != nil {
			return fmt.Errorf("%w: %w", digest.ErrUnreadable, err)
		}
		t.columns = append(t.columns, parquetColumn{c.Name(), read})
	}
	t.rows = parquet.NewReader(file)
	return nil
}

// entire tells whether a file ends as Parquet's do, and is as long as it says: the library makes room for whatever length stands there.
func entire(file io.ReaderAt, size int64) error {
	var end [8]byte // the length of what describes the file, and PAR1
	if size < 12 {
		return fmt.Errorf("%w: this is no Parquet file", digest.ErrUnreadable)
	}
	if _, err := file.ReadAt(end[:], size-8); err != nil {
		return fmt.Errorf("read a Parquet file's end: %w", err)
	}
	if length := int64(binary.LittleEndian.Uint32(end[:])); string(end[4:]) != "PAR1" || length > size-12 {
		return fmt.Errorf("%w: this is no Parquet file, or its end is missing", digest.ErrUnreadable)
	}
	return nil
}

func (t *table) next() (l line, err error) {
	defer damaged(&err)
	for len(t.have) == 0 {
		n, err := t.rows.ReadRows(t.buffer)
		t.have = t.buffer[:n]
		if n == 0 && err != nil {
			if errors.Is(err, io.EOF) {
				return line{}, io.EOF
			}
			return line{}, fmt.Errorf("%w: the Parquet file is damaged after row %d: %w", digest.ErrUnreadable, t.n, err)
		}
	}
	row := t.have[0]
	t.have = t.have[1:]
	t.n++
	l = line{n: t.n, names: make([]string, 0, len(row)), values: make([]any, 0, len(row))}
	for _, v := range row {
		c := t.columns[v.Column()]
		var value any
		if !v.IsNull() {
			value = c.read(v)
		}
		if text, is := value.(string); is && !utf8.ValidString(text) {
			l.fault = fmt.Sprintf("The text in %s is no UTF-8.", clipped(c.name))
		}
		if c.name == "relation" {
			l.relation, _ = value.(string)
			continue
		}
		l.names, l.values = append(l.names, c.name), append(l.values, value)
	}
	return l, nil
}

// parquetRead is how a column's values are read.
func parquetRead(c *parquet.Column) (func(parquet.Value) any, error) {
	kind := c.Type()
	var logical format.LogicalTypeValue
	if l := kind.LogicalType(); l != nil {
		logical = l.Value
	}
	switch l := logical.(type) {
	case *format.TimestampType:
		if !l.IsAdjustedToUTC {
			return nil, fmt.Errorf("the timestamps of column %q have no zone: write them with isAdjustedToUTC", clipped(c.Name()))
		}
		unit := int64(l.Unit.Value.Duration())
		return func(v parquet.Value) any {
			perSecond := int64(time.Second) / unit
			n := v.Int64()
			return time.Unix(n/perSecond, n%perSecond*unit).UTC()
		}, nil
	case *format.DateType:
		return func(v parquet.Value) any {
			return time.Unix(0, 0).UTC().AddDate(0, 0, int(v.Int32())).Format(time.DateOnly)
		}, nil
	case *format.TimeType:
		unit := l.Unit.Value.Duration()
		return func(v parquet.Value) any {
			n := v.Int64()
			if v.Kind() == parquet.Int32 {
				n = int64(v.Int32())
			}
			return time.Unix(0, n*int64(unit)).UTC().Format("15:04:05")
		}, nil
	case *format.DecimalType:
		return func(v parquet.Value) any { return decimal(v, int(l.Scale)) }, nil
	case *format.JsonType:
		return func(v parquet.Value) any {
			if text := v.ByteArray(); json.Valid(text) {
				return scalar(append(json.RawMessage(nil), text...))
			}
			return string(v.ByteArray())
		}, nil
	case *format.IntType:
		if !l.IsSigned {
			return func(v parquet.Value) any {
				if v.Kind() == parquet.Int32 {
					return int64(v.Uint32())
				}
				return json.Number(fmt.Sprint(v.Uint64()))
			}, nil
		}
	case *format.UUIDType:
		return func(v parquet.Value) any {
			b := v.ByteArray()
			return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
		}, nil
	}
	switch kind.Kind() {
	case parquet.Boolean:
		return func(v parquet.Value) any { return v.Boolean() }, nil
	case parquet.Int32:
		return func(v parquet.Value) any { return int64(v.Int32()) }, nil
	case parquet.Int64:
		return func(v parquet.Value) any { return v.Int64() }, nil
	case parquet.Float:
		return func(v parquet.Value) any { return float64(v.Float()) }, nil
	case parquet.Double:
		return func(v parquet.Value) any { return v.Double() }, nil
	case parquet.Int96: // how Spark once wrote instants: nanoseconds of the day, then the Julian day, of UTC
		return func(v parquet.Value) any {
			i := v.Int96()
			const epoch = 2440588 // 1970-01-01
			return time.Unix((int64(i[2])-epoch)*86400, int64(i[1])<<32|int64(i[0])).UTC()
		}, nil
	default:
		return func(v parquet.Value) any { return strings.Clone(string(v.ByteArray())) }, nil
	}
}

// decimal is an unscaled number with so many digits after the point, as a number is written.
func decimal(v parquet.Value, scale int) json.Number {
	n := new(big.Int)
	switch v.Kind() {
	case parquet.Int32:
		n.SetInt64(int64(v.Int32()))
	case parquet.Int64:
		n.SetInt64(v.Int64())
	default: // two's complement, the largest octet first
		b := v.ByteArray()
		n.SetBytes(b)
		if len(b) > 0 && b[0]&0x80 != 0 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(len(b))*8))
		}
	}
	digits, sign := n.String(), ""
	if n.Sign() < 0 {
		digits, sign = digits[1:], "-"
	}
	if scale <= 0 {
		return json.Number(sign + digits + strings.Repeat("0", -scale))
	}
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale-len(digits)+1) + digits
	}
	return json.Number(sign + digits[:len(digits)-scale] + "." + digits[len(digits)-scale:])
}
