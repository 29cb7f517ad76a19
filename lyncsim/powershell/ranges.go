package powershell

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// rangeOf is a..b, upwards or downwards.
func (f *frame) rangeOf(left, right any) (any, error) {
	if chars, ok := f.charRange(left, right); ok {
		return chars, nil
	}
	from, err := f.bound(left)
	if err != nil {
		return nil, err
	}
	to, err := f.bound(right)
	if err != nil {
		return nil, err
	}
	by := int64(1)
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

// bound converts an end of a range to an integer. In PowerShell 7 a failed conversion
// has the errors of .NET.
func (f *frame) bound(v any) (int64, error) {
	n, err := f.cast(v, dotnet.MustLookup("int"))
	if f.rs.Edition() != Core7 {
		if err != nil {
			return 0, err
		}
		return int64(n.(int32)), nil
	}
	s, isText := v.(string)
	_, numberErr := strconv.Atoi(strings.TrimSpace(s))
	switch {
	case isText && numberErr != nil:
		return 0, f.boundFailure("FormatException", "The input string '"+s+"' was not in a correct format.")
	case err == nil && !isCollection(v):
		return int64(n.(int32)), nil
	case value.IsNumber(v):
		return 0, f.boundFailure("OverflowException", "Value was either too large or too small for an Int32.")
	}
	return 0, f.boundFailure("InvalidCastException", "Unable to cast object of type '"+value.TypeName(v)+"' to type 'System.IConvertible'.")
}

func isCollection(v any) bool {
	_, ok := value.Items(v)
	return ok
}

func (f *frame) boundFailure(exception, message string) error {
	return f.fail("System."+exception, "System."+exception, "OperationStopped", nil, "%s", message)
}

// charRange is a range of characters, 'a'..'e', which PowerShell 7 has. Both ends are
// single characters, and not both are digits.
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
