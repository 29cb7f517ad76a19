package dotnet

import (
	"strings"
	"unicode/utf16"

	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

func textTypes() []*Type { return append(encodingTypes(), stringBuilderType()) }

// Encoding is a System.Text.Encoding.
type Encoding struct {
	name   string // utf8, utf16le, utf16be, ascii, latin1
	strict bool   // throws on bytes that mean no character
	mark   bool   // writes a byte order mark to files
}

// TypeName is the .NET name.
func (e *Encoding) TypeName() string { return encodingNames[e.name] }

var encodingNames = map[string]string{
	"utf8": "System.Text.UTF8Encoding", "utf16le": "System.Text.UnicodeEncoding", "utf16be": "System.Text.UnicodeEncoding",
	"ascii": "System.Text.ASCIIEncoding", "latin1": "System.Text.Latin1Encoding",
}

func encodingTypes() []*Type {
	always := func(name string, mark bool) any { return &Encoding{name: name, mark: mark} }
	base := &Type{Name: "System.Text.Encoding", Members: encodingMembers(), Static: members(
		constant("UTF8", always("utf8", true)), constant("Unicode", always("utf16le", true)),
		constant("BigEndianUnicode", always("utf16be", true)), constant("ASCII", always("ascii", false)),
		constant("Latin1", always("latin1", false)),
		current("Default", func(e *Env) (any, error) {
			if e.Core {
				return always("utf8", false), nil
			}
			return always("latin1", false), nil
		}),
		static("GetEncoding", 1, 1, func(a *Args) (any, error) {
			switch name := strings.ToLower(a.Text(0)); name {
			case "utf-8", "65001":
				return always("utf8", true), nil
			case "utf-16", "unicode", "1200":
				return always("utf16le", true), nil
			case "us-ascii", "ascii", "20127":
				return always("ascii", false), nil
			case "iso-8859-1", "28591", "windows-1252", "1252":
				return always("latin1", false), nil
			}
			return nil, Refuse("the encoding %s", a.Text(0))
		}))}
	types := []*Type{base}
	for key, name := range encodingNames {
		if key == "utf16be" {
			continue
		}
		types = append(types, &Type{Name: name, Base: base.Name, New: func(a *Args) (any, error) {
			switch key {
			case "utf8":
				return &Encoding{name: key, mark: value.Truth(a.At(0)), strict: value.Truth(a.At(1))}, nil
			case "utf16le":
				if value.Truth(a.At(0)) {
					return &Encoding{name: "utf16be", mark: true}, nil
				}
				return &Encoding{name: key, mark: a.Len() < 2 || value.Truth(a.At(1))}, nil
			}
			return &Encoding{name: key}, nil
		}})
	}
	return types
}

func encodingMembers() Members {
	return members(
		method("GetBytes", 1, 1, func(e *Encoding, a *Args) (any, error) {
			if items, ok := value.Items(a.At(0)); ok {
				return e.Encode(value.TextWith(items, "")), nil
			}
			return e.Encode(a.Text(0)), nil
		}),
		method("GetString", 1, 3, func(e *Encoding, a *Args) (any, error) {
			b := a.Bytes(0)
			if a.Len() == 3 {
				from, n := a.Int(1), a.Int(2)
				if from < 0 || n < 0 || from+n > len(b) {
					return nil, outOfRange("bytes", "Index and count must refer to a location within the buffer.")
				}
				b = b[from : from+n]
			}
			return e.Decode(b)
		}),
		method("GetByteCount", 1, 1, func(e *Encoding, a *Args) (any, error) { return len(e.Encode(a.Text(0))), nil }),
		method("GetPreamble", 0, 0, func(e *Encoding, _ *Args) (any, error) { return e.Preamble(), nil }),
		prop("WebName", func(e *Encoding) any {
			return map[string]string{"utf8": "utf-8", "utf16le": "utf-16", "utf16be": "utf-16BE", "ascii": "us-ascii", "latin1": "iso-8859-1"}[e.name]
		}))
}

// Encode turns text into bytes.
func (e *Encoding) Encode(s string) []byte {
	switch e.name {
	case "utf16le", "utf16be":
		b := make([]byte, 0, 2*len(s))
		for _, u := range utf16.Encode([]rune(s)) {
			if e.name == "utf16le" {
				b = append(b, byte(u), byte(u>>8))
			} else {
				b = append(b, byte(u>>8), byte(u))
			}
		}
		return b
	case "ascii", "latin1":
		limit := map[string]rune{"ascii": 0x80, "latin1": 0x100}[e.name]
		b := make([]byte, 0, len(s))
		for _, r := range s {
			if r >= limit {
				r = '?'
			}
			b = append(b, byte(r))
		}
		return b
	}
	return []byte(s)
}

// Decode turns bytes into text. Bytes that mean no character become U+FFFD, or
// an exception in a strict encoding.
func (e *Encoding) Decode(b []byte) (string, error) {
	switch e.name {
	case "utf16le", "utf16be":
		u := make([]uint16, len(b)/2)
		for i := range u {
			lo, hi := b[2*i], b[2*i+1]
			if e.name == "utf16be" {
				lo, hi = hi, lo
			}
			u[i] = uint16(lo) | uint16(hi)<<8
		}
		return string(utf16.Decode(u)), nil
	case "ascii", "latin1":
		runes := make([]rune, len(b))
		for i, c := range b {
			runes[i] = rune(c)
			if e.name == "ascii" && c >= 0x80 {
				runes[i] = '?'
			}
		}
		return string(runes), nil
	}
	s := string(b)
	if valid := strings.ToValidUTF8(s, "\ufffd"); valid != s {
		if e.strict {
			return "", value.NewException("System.ArgumentException", "Unable to translate bytes at index 0 from specified code page to Unicode.")
		}
		return valid, nil
	}
	return s, nil
}

// Preamble is the byte order mark that the encoding writes, empty for none.
func (e *Encoding) Preamble() []byte {
	if !e.mark {
		return []byte{}
	}
	switch e.name {
	case "utf8":
		return []byte{0xEF, 0xBB, 0xBF}
	case "utf16le":
		return []byte{0xFF, 0xFE}
	case "utf16be":
		return []byte{0xFE, 0xFF}
	}
	return []byte{}
}

// StringBuilder is System.Text.StringBuilder.
type StringBuilder struct{ strings.Builder }

// TypeName is the .NET name.
func (*StringBuilder) TypeName() string { return "System.Text.StringBuilder" }

func stringBuilderType() *Type {
	add := func(name string, what func(a *Args) (string, error)) Member {
		return method(name, 0, 99, func(b *StringBuilder, a *Args) (any, error) {
			s, err := what(a)
			b.WriteString(s)
			return b, err
		})
	}
	return &Type{Name: "System.Text.StringBuilder",
		New: func(a *Args) (any, error) {
			b := new(StringBuilder)
			if s, ok := a.At(0).(string); ok {
				b.WriteString(s)
			}
			return b, nil
		},
		Members: members(
			add("Append", func(a *Args) (string, error) { return a.Text(0), nil }),
			add("AppendLine", func(a *Args) (string, error) { return a.Text(0) + "\r\n", nil }),
			add("AppendFormat", func(a *Args) (string, error) { return Format(a.Text(0), a.From(1)) }),
			prop("Length", func(b *StringBuilder) any { return Length(b.String()) }),
			method("ToString", 0, 0, func(b *StringBuilder, _ *Args) (any, error) { return b.String(), nil }),
			method("Clear", 0, 0, func(b *StringBuilder, _ *Args) (any, error) {
				b.Reset()
				return b, nil
			})),
		Refused: []string{"Insert", "Remove", "Replace", "Capacity", "Chars", "EnsureCapacity", "CopyTo", "AppendJoin"}}
}
