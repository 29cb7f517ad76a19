package powershell

// pipedInput is $input: it gives what was piped once, then nothing.
type pipedInput struct{ items []any }

// TypeName is the .NET name.
func (*pipedInput) TypeName() string { return "System.Collections.ArrayList+ArrayListEnumeratorSimple" }

// Items are what nobody has read yet.
func (p *pipedInput) Items() []any {
	items := p.items
	p.items = nil
	return items
}
