package dotnet

import (
	"strings"
	"unicode/utf16"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Encoding is a System.Text.Encoding.
type Encoding struct {
	name   string // utf8, utf16le, utf16be, ascii, latin1
	strict bool   // bytes that encode no character give an exception
	mark   bool   // writes a byte order mark to files
}

// TypeName is the .NET name.
func (e *Encoding) TypeName() string { return encodingNames[e.name] }

var encodingNames = map[string]string{
	"utf8": "System.Text.UTF8Encoding", "utf16le": "System.Text.UnicodeEncoding", "utf16be": "System.Text.UnicodeEncoding",
	"ascii": "System.Text.ASCIIEncoding", "latin1": "System.Text.Latin1Encoding",
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

// Decode turns bytes into text. Bytes that encode no character become U+FFFD. In a strict
// encoding they give an exception.
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

// Preamble is the byte order mark that the encoding writes, or empty when it writes none.
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
