package utility

import (
	"context"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/pages"
)

// body is the function that a command runs in one of its phases: begin, process or end.
type body = func(ctx context.Context, c *powershell.Call) error

// cmdlet is a command whose parameters and aliases its reference page declares. The
// fields hold what the page does not say.
type cmdlet struct {
	name string
	// heeds lists the parameters that the body acts on, separated by blanks. A call
	// that gives another parameter is refused, and the refusal names the parameter.
	heeds  string
	unsaid map[string]unsaid // by the name of the parameter

	begin, process, end body
}

// unsaid holds the facts about a parameter that the page does not say.
type unsaid struct {
	nulls  bool   // takes $null, '' and @() though it is mandatory
	empty  bool   // takes '' and @() though it is mandatory
	nulls7 bool   // as nulls, in PowerShell 7 only
	rest   bool   // takes the arguments that are left
	typ    string // type that has the effect of the parameter's own conversion
	check  func(powershell.Edition) powershell.Validator
}

// command makes the command as each edition declares it.
func (m cmdlet) command() *powershell.Command {
	return &powershell.Command{
		Name: m.name, Class: classOf(m.name), Editions: declared()[m.name], Begin: m.begin, Process: m.process, End: m.end,
	}
}

// classOf is the .NET class of a command, the tail of its error ids.
func classOf(name string) string {
	return "Microsoft.PowerShell.Commands." + strings.ReplaceAll(name, "-", "") + "Command"
}

func (m cmdlet) signatures() map[powershell.Edition]powershell.Signature {
	heeds := strings.Fields(m.heeds)
	found := pages.Signatures(m.name)
	for e, s := range found {
		s.Parameters = slices.Clone(s.Parameters)
		for i := range s.Parameters {
			p := &s.Parameters[i]
			p.Refused = !slices.Contains(heeds, p.Name)
			m.unsaid[p.Name].say(p, e)
		}
		found[e] = s
	}
	return found
}

// say adds to a parameter the facts that the page does not say.
func (u unsaid) say(p *powershell.Parameter, e powershell.Edition) {
	p.AllowEmpty = u.empty
	p.AllowNull = u.nulls || u.nulls7 && e == powershell.Core7
	if u.typ != "" {
		p.Type = u.typ
	}
	if u.check != nil {
		p.Validators = append(slices.Clone(p.Validators), u.check(e))
	}
	if u.rest {
		p.Sets = slices.Clone(p.Sets)
		for i := range p.Sets {
			p.Sets[i].FromRemaining = true
		}
	}
}

// atLeast checks that a number is not below a limit.
func atLeast(least int32) func(powershell.Edition) powershell.Validator {
	return func(powershell.Edition) powershell.Validator {
		return powershell.ValidateRange{Min: least, Max: int32(1<<31 - 1)}
	}
}
