package dotnet

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Reference is [ref]$x: a variable that a method or function can set.
type Reference struct {
	Read  func() any
	Write func(v any) error
}

// TypeName is the .NET name.
func (*Reference) TypeName() string { return "System.Management.Automation.PSReference" }

// Member gives Value.
func (r *Reference) Member(name string) (Member, bool) {
	if !strings.EqualFold(name, "Value") {
		return Member{}, false
	}
	return Member{Name: "Value", Get: func(*Env, any) (any, error) { return r.Read(), nil },
		Set: func(_ *Env, _, v any) error { return r.Write(v) }}, true
}

func referenceType() *Type {
	return &Type{Name: "System.Management.Automation.PSReference", Convert: func(_ *Env, v any) (any, error) {
		return &Reference{Read: func() any { return v }, Write: func(x any) error { v = x; return nil }}, nil
	}}
}

// output sets the variable that the [ref] argument i refers to.
func (a *Args) output(i int, v any) error {
	r, ok := a.At(i).(*Reference)
	if !ok {
		return value.NewException("System.Management.Automation.MethodException", "Argument: '"+value.Text(i+1)+"' should be a System.Management.Automation.PSReference. Use [ref].")
	}
	return r.Write(v)
}

// tryParse declares TryParse(text, [ref]result) with the conversion of a cast.
func tryParse(typeName string) Member {
	return static("TryParse", 2, 4, func(a *Args) (any, error) {
		t, _ := Lookup(typeName)
		last := a.Len() - 1
		s, isText := a.At(0).(string)
		v, err := Convert(a.Env, s, t)
		if err != nil || !isText || strings.TrimSpace(s) == "" {
			zero := Default(t)
			return false, a.output(last, zero)
		}
		return true, a.output(last, v)
	})
}
