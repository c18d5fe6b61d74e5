package editor

import (
	"reflect"
	"strings"
	"unicode"
)

// plain gives a copy of a value in which no text can turn the direction of what stands behind it, or begin a new line. Names come
// from people: one with an override in it would mirror the rest of its sentence, and one with a line break would write a line of its
// own into the text part. Marks without an effect of their own (U+200E, U+200F) stay.
func plain[T any](v T) T {
	return copied(reflect.ValueOf(v)).Interface().(T)
}

// copied is a deep copy with plain texts. Fields that are not exported are taken over as they are: those of time.Time.
func copied(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.String:
		out.SetString(strings.Map(plainRune, v.String()))
	case reflect.Pointer:
		if !v.IsNil() {
			to := reflect.New(v.Type().Elem())
			to.Elem().Set(copied(v.Elem()))
			out.Set(to)
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(copied(v.Index(i)))
			}
		}
	case reflect.Map:
		if !v.IsNil() {
			out.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
			for key, value := range v.Seq2() {
				out.SetMapIndex(copied(key), copied(value))
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(copied(v.Field(i)))
			}
		}
	}
	return out
}

func plainRune(r rune) rune {
	switch {
	case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069': // embeddings, overrides, isolates
		return -1
	case unicode.IsControl(r), r == '\u2028', r == '\u2029':
		return ' '
	}
	return r
}
