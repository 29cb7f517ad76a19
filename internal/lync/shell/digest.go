package shell

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// documentDigest gives a digest of what a topology document says, without the Signature
// that a publish replaces. Whether publishing keeps the order of elements and attributes,
// prefixes and white space is not documented, so none of them counts. It keeps its own
// stack and does not recurse, and the bounds of a document come first, because the server
// decides how much a reply holds and how deep it nests.
func documentDigest(text string) (string, error) {
	bounds := documentBounds
	if err := bounds.Take(text); err != nil {
		return "", err
	}
	var open []*element
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return "", errors.New("it has no element")
		}
		if err != nil {
			return "", err
		}
		switch t := token.(type) {
		case xml.StartElement:
			open = append(open, begun(t, len(open) == 0))
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text.Write(t)
			}
		case xml.EndElement:
			last := open[len(open)-1] // the decoder has checked that an element is open
			open = open[:len(open)-1]
			if len(open) == 0 {
				sum := last.digest()
				return "sha256-" + hex.EncodeToString(sum[:]), nil
			}
			parent := open[len(open)-1]
			parent.children = append(parent.children, last.digest())
		}
	}
}

// element is one element on the way from its start to its end.
type element struct {
	head     string // name and attributes
	text     strings.Builder
	children [][sha256.Size]byte // digests
}

func begun(t xml.StartElement, root bool) *element {
	var attributes []string
	for _, a := range t.Attr {
		declaration := a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns"
		if declaration || root && a.Name.Space == "" && a.Name.Local == "Signature" {
			continue
		}
		attributes = append(attributes, fmt.Sprintf("%q %q %q", a.Name.Space, a.Name.Local, a.Value))
	}
	slices.Sort(attributes)
	return &element{head: fmt.Sprintf("%q %q %q", t.Name.Space, t.Name.Local, attributes)}
}

// digest writes the digests of the children one by one: an element may have as many as the
// document has elements.
func (e *element) digest() (sum [sha256.Size]byte) {
	slices.SortFunc(e.children, func(a, b [sha256.Size]byte) int { return bytes.Compare(a[:], b[:]) })
	h := sha256.New()
	// A hash takes every write.
	_, _ = fmt.Fprintf(h, "%s %q [", e.head, strings.TrimSpace(e.text.String()))
	var line [2*sha256.Size + 3]byte
	for i, child := range e.children {
		quoted := append(line[:0], ` "`...)
		quoted = append(hex.AppendEncode(quoted, child[:]), '"')
		if i == 0 {
			quoted = quoted[1:]
		}
		_, _ = h.Write(quoted)
	}
	_, _ = h.Write([]byte("]"))
	h.Sum(sum[:0])
	return sum
}
