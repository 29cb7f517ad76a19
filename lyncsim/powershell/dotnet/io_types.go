package dotnet

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// ioTypes declares [System.IO.File] on the machine's disk and [System.IO.Path].
func ioTypes() []*Type {
	return []*Type{
		{Name: "System.IO.File", Static: fileStatics(), Refused: []string{"*"}},
		{Name: "System.IO.Directory", Static: members(
			static("Exists", 1, 1, func(a *Args) (any, error) { return a.Env.Files.Exists(a.Text(0)), nil }),
			static("CreateDirectory", 1, 1, func(a *Args) (any, error) {
				return value.NewObject("System.IO.DirectoryInfo").Set("FullName", a.Text(0)), nil
			})),
			Refused: []string{"*"}},
		{Name: "System.IO.Path", Static: pathStatics(), Refused: []string{"*"}},
	}
}

// ReadText reads a file as text. A byte order mark decides the encoding.
func ReadText(files Files, path string) (string, error) {
	b, err := files.ReadFile(path)
	if err != nil {
		return "", err
	}
	return DecodeText(b), nil
}

// DecodeText reads bytes as text. After a byte order mark of UTF-16 they are UTF-16,
// otherwise UTF-8.
func DecodeText(b []byte) string {
	s := string(b)
	switch {
	case strings.HasPrefix(s, "\xEF\xBB\xBF"):
		return s[3:]
	case strings.HasPrefix(s, "\xFF\xFE"):
		out, _ := (&Encoding{name: "utf16le"}).Decode(b[2:])
		return out
	case strings.HasPrefix(s, "\xFE\xFF"):
		out, _ := (&Encoding{name: "utf16be"}).Decode(b[2:])
		return out
	}
	return s
}

// FileError is the exception of a file that could not be used.
func FileError(err error, path string) error {
	if errors.Is(err, fs.ErrNotExist) {
		return value.NewException("System.IO.FileNotFoundException", "Could not find file '"+path+"'.")
	}
	if err == nil {
		return nil
	}
	return value.NewException("System.IO.IOException", err.Error())
}

func fileStatics() Members {
	return members(
		static("Exists", 1, 1, func(a *Args) (any, error) {
			_, err := a.Env.Files.ReadFile(a.Text(0))
			return err == nil, nil
		}),
		static("ReadAllText", 1, 2, func(a *Args) (any, error) {
			s, err := ReadText(a.Env.Files, a.Text(0))
			return s, FileError(err, a.Text(0))
		}),
		static("ReadAllBytes", 1, 1, func(a *Args) (any, error) {
			b, err := a.Env.Files.ReadFile(a.Text(0))
			return b, FileError(err, a.Text(0))
		}),
		static("ReadAllLines", 1, 2, func(a *Args) (any, error) {
			s, err := ReadText(a.Env.Files, a.Text(0))
			return value.From(SplitLines(s)), FileError(err, a.Text(0))
		}),
		static("WriteAllText", 2, 3, func(a *Args) (any, error) { return a.writeFile(a.encoded(a.Text(1), 2)) }),
		static("WriteAllLines", 2, 3, func(a *Args) (any, error) {
			lines := value.TextWith(a.At(1), "\r\n")
			return a.writeFile(a.encoded(lines+"\r\n", 2))
		}),
		static("WriteAllBytes", 2, 2, func(a *Args) (any, error) { return a.writeFile(a.Bytes(1)) }),
		static("AppendAllText", 2, 3, func(a *Args) (any, error) {
			old, _ := a.Env.Files.ReadFile(a.Text(0))
			return a.writeFile(append(old, a.Text(1)...))
		}),
		static("Delete", 1, 1, func(a *Args) (any, error) {
			err := a.Env.Files.Remove(a.Text(0))
			if errors.Is(err, fs.ErrNotExist) {
				err = nil
			}
			return Void, FileError(err, a.Text(0))
		}),
		static("Copy", 2, 3, func(a *Args) (any, error) {
			b, err := a.Env.Files.ReadFile(a.Text(0))
			if err != nil {
				return nil, FileError(err, a.Text(0))
			}
			return Void, FileError(a.Env.Files.WriteFile(a.Text(1), b), a.Text(1))
		}))
}

// SplitLines splits a text at its line ends. An empty last line is left out.
func SplitLines(s string) []string {
	s = strings.TrimSuffix(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// encoded turns text into bytes in the encoding that argument i gives. Without one it
// uses UTF-8 without a byte order mark.
func (a *Args) encoded(s string, i int) []byte {
	e, ok := a.At(i).(*Encoding)
	if !ok {
		return []byte(s)
	}
	return append(e.Preamble(), e.Encode(s)...)
}

func (a *Args) writeFile(data []byte) (any, error) {
	return Void, FileError(a.Env.Files.WriteFile(a.Text(0), data), a.Text(0))
}
