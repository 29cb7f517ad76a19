package remote

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// XMLBounds are what the XML of a far side may still hold. Bytes alone do not bound what a
// reader builds of it: an element of four bytes can become some hundred.
type XMLBounds struct {
	Nodes int // elements and attributes together
	Depth int // of elements in each other
}

// attributesAtMost is how many attributes one element may have. A decoder builds all of them
// before it can be asked how many there are.
const attributesAtMost = 1000

// crowded reports whether a tag of the text has more attributes than any element of a reply.
func crowded(text string) bool {
	var tag bool
	var quote byte
	signs := 0
	for i := range len(text) {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case !tag:
			tag, signs = c == '<', 0
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			tag = false
		case c == '=':
			if signs++; signs > attributesAtMost {
				return true
			}
		}
	}
	return false
}

// Take counts what a text holds and takes its nodes from the bounds. It reads the text once
// and builds nothing. Its error is a cause for people. A text that is no XML has no error
// here: its reader says so at the same place.
func (b *XMLBounds) Take(text string) error {
	if crowded(text) {
		return fmt.Errorf("an element has more than %d attributes", attributesAtMost)
	}
	decoder := xml.NewDecoder(strings.NewReader(text))
	left, depth := b.Nodes, 0
	for {
		token, err := decoder.RawToken()
		if err != nil {
			b.Nodes = left
			return nil
		}
		switch t := token.(type) {
		case xml.StartElement:
			left -= 1 + len(t.Attr)
			depth++
		case xml.EndElement:
			depth--
		}
		if left < 0 {
			return fmt.Errorf("it has more than %d elements and attributes", b.Nodes)
		}
		if depth > b.Depth {
			return fmt.Errorf("its elements are more than %d deep", b.Depth)
		}
	}
}
