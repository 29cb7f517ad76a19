package fault

import "fmt"

// Redacted stands for what a library said, or panicked with, when it had been
// given bytes of a Secret. Libraries quote their input, so none of their words is
// kept, only the Go type of what they said, which no input can choose. It wraps
// nothing: no way of printing leads back to the words.
type Redacted struct{ of string }

// OfSecret gives bytes of a Secret to a library. It is the only way to do so:
// what the library says comes back redacted, and so does a panic of its parser.
// said is nil when all went well.
func OfSecret[T any](library func() (T, error)) (value T, said *Redacted) {
	defer func() {
		if p := recover(); p != nil {
			said = &Redacted{fmt.Sprintf("panic of %T", p)}
		}
	}()
	value, err := library()
	if err != nil {
		return value, Redact(err)
	}
	return value, nil
}

// Redact is for an error that came from such a library by another way.
func Redact(err error) *Redacted { return &Redacted{fmt.Sprintf("%T", err)} }

// NewOfSecret makes an Error of what a library said about bytes of a Secret. cause
// is in our own words.
func NewOfSecret(kind Kind, op, target, cause string, said *Redacted) *Error {
	e := New(kind, op, target, cause)
	if said != nil { // else a nil of a type would be an error
		e.Err = said
	}
	return e
}

// Error names the type that is withheld.
func (r *Redacted) Error() string { return "withheld, for it may show a secret (" + r.of + ")" }
