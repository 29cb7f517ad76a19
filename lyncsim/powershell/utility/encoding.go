package utility

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
)

// encodings are the words of -Encoding with the class property that makes them.
var encodings = map[string]string{
	"unicode": "Unicode", "bigendianunicode": "BigEndianUnicode", "utf8": "UTF8", "utf8bom": "UTF8", "utf8nobom": "UTF8", "ascii": "ASCII",
}

// encode turns a text into bytes in the encoding of -Encoding, or in the command's usual
// encoding. PowerShell 5.1 begins UTF-8 with a byte order mark.
func encode(c *powershell.Call, text, usual string) ([]byte, error) {
	word := strings.ToLower(c.Text("Encoding"))
	if word == "" {
		word = usual
	}
	if word == "default" || word == "oem" {
		if strings.ContainsFunc(text, func(r rune) bool { return r > 127 }) {
			return nil, dotnet.Refuse("text outside ASCII in the machine's own code page; use -Encoding UTF8")
		}
		word = "ascii"
	}
	property, ok := encodings[word]
	if !ok {
		return nil, dotnet.Refuse("-Encoding %s", c.Text("Encoding"))
	}
	v, _, err := dotnet.Get(c.Runspace().Env(), dotnet.MustLookup("System.Text.Encoding"), nil, property)
	e, ok := v.(*dotnet.Encoding)
	if err != nil || !ok {
		return nil, dotnet.Refuse("-Encoding %s", word)
	}
	data := e.Encode(text)
	marked := word != "utf8nobom" && word != "ascii" && (word != "utf8" || c.Runspace().Edition() == powershell.Windows51)
	if marked {
		data = append(e.Preamble(), data...)
	}
	return data, nil
}

// usualEncoding is the default encoding of Set-Content and Add-Content.
func usualEncoding(c *powershell.Call) string {
	if c.Runspace().Edition() == powershell.Core7 {
		return "utf8nobom"
	}
	return "default"
}

// marks are the byte order marks, each with the encoding that it stands for.
var marks = []struct{ bytes, word string }{
	{"\xEF\xBB\xBF", "utf8"}, {"\xFF\xFE", "unicode"}, {"\xFE\xFF", "bigendianunicode"},
}

// unmarked takes the byte order mark off. It returns the encoding that the mark stands
// for, "" when there is no mark.
func unmarked(data []byte) ([]byte, string) {
	for _, m := range marks {
		if rest, ok := strings.CutPrefix(string(data), m.bytes); ok {
			return []byte(rest), m.word
		}
	}
	return data, ""
}

// appendText writes a text behind the content of a file. It uses the encoding of the
// file's byte order mark, or the usual encoding when there is no mark.
func appendText(c *powershell.Call, t target, text, usual string) error {
	files := c.Runspace().Env().Files
	old, _ := files.ReadFile(t.name)
	_, have := unmarked(old)
	if have != "" {
		usual = have
	}
	data, err := encode(c, text, usual)
	if err != nil {
		return err
	}
	if len(old) > 0 {
		rest, wanted := unmarked(data)
		if wanted != have && wanted != "utf8" {
			return dotnet.Refuse("appending to a file in another encoding")
		}
		data = append(old, rest...)
	}
	return dotnet.FileError(files.WriteFile(t.name, data), t.name)
}
