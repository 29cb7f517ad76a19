package kit

import (
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/lync/shell"
)

// Version of the kit that this program writes. It becomes one more with every change of
// what answers on a machine.
const Version = 2

// ConfigurationName is the name under which the installer registers the session
// configuration.
const ConfigurationName = "FedRoute"

// Describe is the function that describes the installed kit itself.
const Describe = "Get-FedRouteKit"

// Role is a kind of machine, which decides what functions it gets.
type Role string

// The roles of machines.
const (
	FrontEnd Role = "FrontEnd" // or another server with the management shell
	Edge     Role = "Edge"
	DNS      Role = "DNS" // a Windows DNS server whose zone is written with cmdlets
)

// Function is one visible function of the module.
type Function struct {
	Name string
	Role Role
	// Operator: the function is an operator's, and not a reader's.
	Operator bool
	// Generation becomes one more when the function's parameters or answers change in a way
	// that a client of the one before does not expect.
	Generation int
	Parameters []Parameter
	What       string // one line
	Script     string // what it runs
}

// generations lists the functions that are not of their first one.
var generations = map[string]int{}

// Functions lists the functions of a kind of machine: those of the catalogue, sorted by
// name.
func Functions(role Role) []Function {
	var list []Function
	for _, c := range shell.Commands() {
		if roleOf(c) != role {
			continue
		}
		list = append(list, Function{
			Name: c.Name, Role: role, Operator: c.Operator(), Generation: Generation(c.Name),
			Parameters: parameters[c.Name], What: c.What, Script: c.Text,
		})
	}
	return list
}

// Writes reports whether a function changes something.
func Writes(function string) bool {
	return slices.ContainsFunc(shell.Commands(), func(c shell.Command) bool { return c.Name == function && c.Writes() })
}

// Generation of a function as this program knows it.
func Generation(function string) int { return max(1, generations[function]) }

// Parameters lists the parameters of a function in the order of its declaration.
func Parameters(function string) []Parameter { return parameters[function] }

// roleOf reads from the script's header where it runs.
func roleOf(c shell.Command) Role {
	switch {
	case strings.HasPrefix(c.RunsOn, "an Edge server"):
		return Edge
	case strings.HasPrefix(c.RunsOn, "the zone's DNS server"):
		return DNS
	default:
		return FrontEnd
	}
}
