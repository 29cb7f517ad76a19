package fault

import "fmt"

// Redacted stands for the error or the panic of a library that had been given bytes
// of a Secret. Libraries quote their input, so the text of the error is dropped.
// Only its Go type is kept, which no input can choose. Redacted wraps nothing, so
// printing it never leads back to the text.
type Redacted struct{ of string }

// OfSecret gives bytes of a Secret to a library. All code must use it for that: an
// error of the library comes back redacted, and so does a panic of its parser. said
// is nil when there was no error.
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

// Redact redacts an error of such a library that did not come through OfSecret.
func Redact(err error) *Redacted { return &Redacted{fmt.Sprintf("%T", err)} }

// NewOfSecret makes an Error of a library's redacted error about bytes of a Secret.
// cause is text of this program.
func NewOfSecret(kind Kind, op, target, cause string, said *Redacted) *Error {
	e := New(kind, op, target, cause)
	if said != nil { // a nil *Redacted in Err would count as an error
		e.Err = said
	}
	return e
}

// Error names the type of the error that is withheld.
func (r *Redacted) Error() string { return "withheld, for it may show a secret (" + r.of + ")" }
