package dotnet

import (
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// These pools hold collators, which compare texts as the culture en-US does: by letters,
// then accents, then case. Collators ignore characters without weight, such as U+0000,
// U+00AD and U+200B. A collator can do only one comparison at a time.
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

// EqualText reports whether texts are equal in the culture en-US, as for -eq and the
// operators like it.
func EqualText(x, y string, ignoreCase bool) bool {
	if !ignoreCase && x == y || ignoreCase && strings.EqualFold(x, y) {
		return true
	}
	if plainText(x) && plainText(y) {
		return false
	}
	return CompareText(x, y, ignoreCase) == 0
}

// plainText reports whether s is all printable ASCII. Such texts are equal in the culture
// only when their characters are.
func plainText(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}
