package dotnet

import (
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// collators compare texts as the culture en-US does: by letters, then accents, then
// case. Characters without weight (U+0000, U+00AD, U+200B and others) do not count.
// One collator serves one comparison at a time.
var (
	heedingCase  = sync.Pool{New: func() any { return collate.New(language.AmericanEnglish) }}
	ignoringCase = sync.Pool{New: func() any { return collate.New(language.AmericanEnglish, collate.IgnoreCase) }}
)

// CompareText orders texts as a culture does, so that "a" < "A" and "a" < "B". It is
// -1, 0 or 1.
func CompareText(x, y string, ignoreCase bool) int32 {
	pool := &heedingCase
	if ignoreCase {
		pool = &ignoringCase
	}
	c := pool.Get().(*collate.Collator)
	defer pool.Put(c)
	return int32(c.CompareString(x, y))
}

// EqualText tells whether texts are the same to a culture: -eq and its relatives.
func EqualText(x, y string, ignoreCase bool) bool {
	if !ignoreCase && x == y || ignoreCase && strings.EqualFold(x, y) {
		return true
	}
	if plainText(x) && plainText(y) {
		return false
	}
	return CompareText(x, y, ignoreCase) == 0
}

// plainText tells text of printable ASCII, which the culture compares as it stands.
func plainText(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}
