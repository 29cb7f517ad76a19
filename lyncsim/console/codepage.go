package console

import (
	"io"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"

	"github.com/fedroute/fedroute/lyncsim/wsman"
)

const codePageUTF8 = 65001

// codePages are the single-byte code pages that a client may request.
var codePages = map[int]*charmap.Charmap{
	437:  charmap.CodePage437,
	850:  charmap.CodePage850,
	852:  charmap.CodePage852,
	866:  charmap.CodePage866,
	1250: charmap.Windows1250,
	1251: charmap.Windows1251,
	1252: charmap.Windows1252,
}

// translate gives a process's streams in UTF-8, whatever code page its shell has. An
// unknown code page counts as UTF-8.
func translate(p wsman.Process) (in io.Reader, out, err io.Writer) {
	page := codePages[p.CodePage]
	if page == nil {
		return p.Stdin, p.Stdout, p.Stderr
	}
	encoder := func(w io.Writer) io.Writer {
		if w == nil {
			return nil
		}
		return transform.NewWriter(w, transform.Chain(runes.Map(within(page)), page.NewEncoder()))
	}
	if p.Stdin != nil {
		in = transform.NewReader(p.Stdin, page.NewDecoder())
	}
	return in, encoder(p.Stdout), encoder(p.Stderr)
}

// within replaces characters that a code page lacks by a question mark.
func within(page *charmap.Charmap) func(rune) rune {
	return func(r rune) rune {
		if _, ok := page.EncodeRune(r); !ok {
			return '?'
		}
		return r
	}
}
