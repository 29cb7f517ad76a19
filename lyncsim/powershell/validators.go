package powershell

import (
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// complaint is the engine's message about a value that is not allowed.
type complaint string

func (c complaint) Error() string { return string(c) }

func complain(format string, args ...any) error { return complaint(fmt.Sprintf(format, args...)) }

// wholeValidator is a check that gets a collection as a whole, not element by element.
type wholeValidator interface{ whole() }

// ValidateSet allows the listed words only.
type ValidateSet struct {
	Words    []string
	HeedCase bool
}

// Validate implements Validator.
func (s ValidateSet) Validate(v any) error {
	text := value.Text(v)
	for _, w := range s.Words {
		if equalText(w, text, s.HeedCase) {
			return nil
		}
	}
	return complain("The argument \"%s\" does not belong to the set \"%s\" specified by the ValidateSet attribute. Supply an argument that is in the set and then try the command again.",
		text, strings.Join(s.Words, ","))
}

// ValidateRange allows numbers from Min to Max.
type ValidateRange struct{ Min, Max any }

// Validate implements Validator.
func (r ValidateRange) Validate(v any) error {
	n, ok := value.ToFloat(v)
	low, _ := value.ToFloat(value.From(r.Min))
	high, _ := value.ToFloat(value.From(r.Max))
	switch {
	case !ok:
		return complain("The argument cannot be validated because its type is not the same type as the limits of the parameter.")
	case n < low:
		return complain("The %s argument is less than the minimum allowed range of %s. Supply an argument that is greater than or equal to %s and then try the command again.",
			value.Text(v), value.Text(value.From(r.Min)), value.Text(value.From(r.Min)))
	case n > high:
		return complain("The %s argument is greater than the maximum allowed range of %s. Supply an argument that is less than or equal to %s and then try the command again.",
			value.Text(v), value.Text(value.From(r.Max)), value.Text(value.From(r.Max)))
	}
	return nil
}

// validatePattern is ValidatePattern; without options it ignores case.
type validatePattern struct{ pattern, options string }

func (p validatePattern) Validate(v any) error {
	re, err := dotnet.CompileRegex(p.pattern, p.options)
	if err != nil {
		return err
	}
	m, err := re.Match(value.Text(v), 0)
	if err != nil || m != nil {
		return err
	}
	return complain("The argument \"%s\" does not match the \"%s\" pattern. Supply an argument that matches \"%s\" and try the command again.",
		value.Text(v), p.pattern, p.pattern)
}

// validateLength is ValidateLength. It limits the number of characters of a text.
type validateLength struct{ least, most int64 }

func (l validateLength) Validate(v any) error {
	n := int64(dotnet.Length(value.Text(v)))
	if n >= l.least && n <= l.most {
		return nil
	}
	return complain("The character length of the %d argument is not between %d and %d.", n, l.least, l.most)
}

// validateCount is ValidateCount. It limits the number of elements of a collection.
type validateCount struct{ least, most int64 }

func (validateCount) whole() {}

func (c validateCount) Validate(v any) error {
	n := int64(len(value.Unroll(v)))
	if n >= c.least && n <= c.most {
		return nil
	}
	return complain("The parameter requires between %d and %d values; %d were given.", c.least, c.most, n)
}

// validateNotNull is ValidateNotNull. When empty is set it is ValidateNotNullOrEmpty.
type validateNotNull struct{ empty bool }

func (validateNotNull) whole() {}

func (n validateNotNull) Validate(v any) error {
	if v == nil {
		return complain("The argument is null. Provide a valid value for the argument, and then try running the command again.")
	}
	if !n.empty {
		return nil
	}
	list, isList := value.Items(v)
	if v == "" || isList && len(list) == 0 {
		return complain("The argument is null or empty. Provide an argument that is not null or empty, and then try the command again.")
	}
	for _, item := range list {
		if item == nil || item == "" {
			return complain("The argument is null, empty, or an element of the argument collection contains a null value. Supply a collection that does not contain any null values and then try the command again.")
		}
	}
	return nil
}

// validateScript is ValidateScript. The output of its block must be true.
type validateScript struct {
	frame *frame
	block *ScriptBlock
}

func (s validateScript) Validate(v any) error {
	out, err := s.frame.invokeBlock(s.frame.ctx, s.block, v, nil)
	if err != nil {
		return err
	}
	if value.Truth(plain(fold(out))) {
		return nil
	}
	return complain("The \"%s\" validation script for the argument with value \"%s\" did not return a result of True. Determine why the validation script failed, and then try the command again.",
		s.block.String(), value.Text(v))
}
