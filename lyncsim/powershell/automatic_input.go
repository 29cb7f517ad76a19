package powershell

// pipedInput is $input. The first reading gives the piped objects, every later one
// gives nothing.
type pipedInput struct{ items []any }

// TypeName is the .NET name.
func (*pipedInput) TypeName() string { return "System.Collections.ArrayList+ArrayListEnumeratorSimple" }

// Items gives the objects that have not been read yet.
func (p *pipedInput) Items() []any {
	items := p.items
	p.items = nil
	return items
}
