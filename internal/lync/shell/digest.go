package shell

import (
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
// stack and does not recurse, because the server decides how deep a reply nests.
func documentDigest(text string) (string, error) {
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
				return "sha256-" + last.digest(), nil
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
	children []string // digests
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

func (e *element) digest() string {
	slices.Sort(e.children)
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %q %q", e.head, strings.TrimSpace(e.text.String()), e.children))
	return hex.EncodeToString(sum[:])
}
