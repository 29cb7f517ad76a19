package cmdlets

import (
	"strconv"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// setting is one property of a configuration collection that the farm keeps as text.
// It has a type and an initial value.
type setting struct {
	name    string
	initial string // "" stands for $null
	kind    kind
	since   int // first ServiceVersion that has it
}

// kind is the type of a setting.
type kind int

const (
	words kind = iota
	truth
	count
)

// show gives the setting's value in its type.
func (s setting) show(stored map[string]string) any {
	text, ok := stored[s.name]
	if !ok {
		text = s.initial
	}
	switch s.kind {
	case truth:
		return text == "True"
	case count:
		if n, err := strconv.ParseUint(text, 10, 32); err == nil {
			return uint32(n)
		}
	}
	if text == "" {
		return nil
	}
	return text
}

// changes are the settings that a Set cmdlet is to change: those of the piped
// instance, then those of bound parameters.
func (r *run) changes(known []string) map[string]any {
	wanted := map[string]any{}
	instance, piped := r.Value("Instance").(*value.Object)
	for _, name := range known {
		if piped {
			if v, ok := instance.Get(name); ok {
				wanted[name] = v
			}
		}
		if r.Has(name) {
			wanted[name] = r.Value(name)
		}
	}
	return wanted
}
