package dotnet

// Args are the arguments of a method call. Args keeps the error of the first conversion
// that failed, and the call then returns that error.
type Args struct {
	Env  *Env
	list []any
	err  error
}

// NewArgs makes the arguments of a call.
func NewArgs(e *Env, list []any) *Args { return &Args{Env: e, list: list} }

// core reports whether PowerShell 7 is simulated, as opposed to Windows PowerShell 5.1.
func (a *Args) core() bool { return a.Env != nil && a.Env.Core }

// Len is the number of arguments.
func (a *Args) Len() int { return len(a.list) }

// Err is the error of the first conversion that failed.
func (a *Args) Err() error { return a.err }

// At is one argument, or nil when it was not given.
func (a *Args) At(i int) any {
	if i < 0 || i >= len(a.list) {
		return nil
	}
	return a.list[i]
}

// From are the arguments from position i on.
func (a *Args) From(i int) []any { return a.list[min(i, len(a.list)):] }

// Text is one argument as a string.
func (a *Args) Text(i int) string { return text(a.At(i)) }

// Int is one argument as a whole number.
func (a *Args) Int(i int) int {
	v, err := a.convert(i, "System.Int32")
	if err != nil {
		return 0
	}
	return int(v.(int32))
}

// Float is one argument as a number.
func (a *Args) Float(i int) float64 {
	v, err := a.convert(i, "System.Double")
	if err != nil {
		return 0
	}
	return v.(float64)
}

// Bytes is one argument as a byte array.
func (a *Args) Bytes(i int) []byte {
	v, err := a.convert(i, "System.Byte[]")
	if err != nil || v == nil {
		return nil
	}
	return v.([]byte)
}

func (a *Args) convert(i int, typeName string) (any, error) {
	t, _ := Lookup(typeName)
	v, err := Convert(a.Env, a.At(i), t)
	if err != nil && a.err == nil {
		a.err = err
	}
	return v, err
}
