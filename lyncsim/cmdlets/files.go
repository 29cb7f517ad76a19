package cmdlets

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"unicode/utf16"
)

// readFile reads a text file of the session's machine. It also reads UTF-16 with a
// byte order mark, which Windows PowerShell's redirection writes.
func (r *run) readFile(path string) ([]byte, error) {
	content, err := r.Runspace().Env().Files.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fail("System.IO.FileNotFoundException", "FileNotFound", "ObjectNotFound", path,
			"Could not find file '"+path+"'.")
	}
	if err != nil {
		return nil, err
	}
	return utf8Text(content), nil
}

func (r *run) writeFile(path string, content []byte) error {
	return r.Runspace().Env().Files.WriteFile(path, content)
}

// temp is the folder of the account's temporary files.
func (r *run) temp() string {
	if dir := r.Runspace().Env().Vars["TEMP"]; dir != "" {
		return dir
	}
	return `C:\Windows\Temp`
}

// utf8Text drops a byte order mark and turns UTF-16 (little endian) into UTF-8.
func utf8Text(content []byte) []byte {
	if rest, ok := bytes.CutPrefix(content, []byte{0xef, 0xbb, 0xbf}); ok {
		return rest
	}
	rest, ok := bytes.CutPrefix(content, []byte{0xff, 0xfe})
	if !ok {
		return content
	}
	units := make([]uint16, len(rest)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(rest[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}
