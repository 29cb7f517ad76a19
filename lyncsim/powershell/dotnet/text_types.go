package dotnet

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func textTypes() []*Type { return append(encodingTypes(), stringBuilderType()) }

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
