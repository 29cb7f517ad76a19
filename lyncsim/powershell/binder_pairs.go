package powershell

import (
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// pair gives each parameter name the value behind it: "-Name value". A switch takes no
// value. Everything behind "--" is a value, even when it looks like a name.
func (b *binder) pair(args []argument) (named, values []argument, err error) {
	for i := 0; i < len(args); i++ {
		a := args[i]
		if a.name == "" {
			values = append(values, a)
			continue
		}
		if a.name == "-" && !a.hasValue {
			return named, append(values, asValues(args[i+1:])...), nil
		}
		p, ambiguous := b.table.find(a.name)
		if p == nil && len(ambiguous) == 0 && !b.table.advanced {
			values = append(values, b.unknown(a)...)
			continue
		}
		if !a.hasValue && p != nil {
			taken, err := b.take(&a, p, args[i+1:])
			if err != nil {
				return nil, nil, err
			}
			i += taken
		}
		named = append(named, a)
	}
	return named, values, nil
}

// take gives a name without a colon its value. It returns how many of the following
// arguments it used up: 0 or 1.
func (b *binder) take(a *argument, p *formal, following []argument) (int, error) {
	if p.isSwitch() {
		a.value, a.hasValue = value.Switch(true), true
		return 0, nil
	}
	if len(following) == 0 || following[0].name != "" {
		return 0, b.fail("MissingArgument", "InvalidArgument", nil, p.Name,
			"Missing an argument for parameter '%s'. Specify a parameter of type '%s' and try again.", p.Name, p.typeName())
	}
	a.value, a.hasValue, a.number = following[0].value, true, following[0].number
	if following[0].number {
		a.text = following[0].text
	}
	return 1, nil
}

func (p *formal) typeName() string {
	if p.typ == nil {
		return "System.Object"
	}
	return p.typ.Name
}

func asValues(args []argument) []argument {
	var values []argument
	for _, a := range args {
		if a.name != "" {
			a = argument{value: "-" + a.name, hasValue: true, text: a.text}
		}
		values = append(values, a)
	}
	return values
}

// unknown turns a name that the function does not declare into elements of its $args.
func (b *binder) unknown(a argument) []argument {
	kept := []argument{{value: "-" + a.name, hasValue: true, text: a.text}}
	if a.hasValue {
		kept[0].value = "-" + a.name + ":"
		kept = append(kept, argument{value: a.value, hasValue: true, text: a.text})
	}
	return kept
}
