package powershell

import (
	"unicode/utf8"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// rangeOf is a..b, upwards or downwards.
func (f *frame) rangeOf(left, right any) (any, error) {
	if chars, ok := f.charRange(left, right); ok {
		return chars, nil
	}
	whole := dotnet.MustLookup("int")
	l, err := f.cast(left, whole)
	if err != nil {
		return nil, err
	}
	r, err := f.cast(right, whole)
	if err != nil {
		return nil, err
	}
	from, to, by := int64(l.(int32)), int64(r.(int32)), int64(1)
	if from > to {
		by = -1
	}
	if (to-from)*by > mostElements {
		return nil, f.refuse("a range of more than 4 million numbers")
	}
	out := make([]any, 0, (to-from)*by+1)
	for n := from; n != to+by; n += by {
		out = append(out, int32(n))
	}
	return out, nil
}

// charRange is 'a'..'e' of PowerShell 7: two single characters, not both digits.
func (f *frame) charRange(left, right any) (any, bool) {
	from, okFrom := singleChar(left)
	to, okTo := singleChar(right)
	if f.rs.Edition() != Core7 || !okFrom || !okTo {
		return nil, false
	}
	by := rune(1)
	if from > to {
		by = -1
	}
	var chars []any
	for c := from; c != to+by; c += by {
		chars = append(chars, value.Char(c))
	}
	return chars, true
}

func singleChar(v any) (rune, bool) {
	if c, ok := v.(value.Char); ok {
		return rune(c), true
	}
	s, ok := v.(string)
	if !ok || utf8.RuneCountInString(s) != 1 || s[0] >= '0' && s[0] <= '9' {
		return 0, false
	}
	r, _ := utf8.DecodeRuneInString(s)
	return r, true
}
