package ledger

import (
	"encoding/base64"
	"encoding/json"

	"fortnight/digest"
)

// How many lines a part of a list has where nobody says, and at most.
const (
	usualPage = 50
	mostLines = 500
)

func sizeOf(p digest.Page) int {
	if p.Size <= 0 {
		return usualPage
	}
	return min(p.Size, mostLines)
}

// mark writes a place in a list, the values that it is ordered by, as digest.Page has it.
func mark(values ...any) (string, error) {
	raw, err := json.Marshal(values)
	return base64.RawURLEncoding.EncodeToString(raw), err
}

// marked reads such a place into values; where there is none they stay as they are.
func marked(after string, values ...any) error {
	if after == "" {
		return nil
	}
	var raw []json.RawMessage
	text, err := base64.RawURLEncoding.DecodeString(after)
	if err == nil {
		err = json.Unmarshal(text, &raw)
	}
	for i := 0; err == nil && i < len(raw) && len(raw) == len(values); i++ {
		err = json.Unmarshal(raw[i], values[i])
	}
	if err != nil || len(raw) != len(values) {
		return &digest.RefusedError{Field: "after", Reason: "This is no place in the list: begin at the first page."}
	}
	return nil
}

// listed makes a part of a list of its lines and of one more where there are more; place gives a line's.
func listed[T any](lines []T, size, total int, place func(T) (string, error)) (part digest.Listed[T], err error) {
	part = digest.Listed[T]{Lines: lines, Total: total}
	if len(lines) > size {
		part.Lines = lines[:size]
		part.Next, err = place(lines[size-1])
	}
	return part, err
}
