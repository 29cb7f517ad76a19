package utility

import "strings"

// Heeded are the parameters that the body of each cmdlet acts on.
func Heeded() map[string][]string {
	return perCmdlet(func(m cmdlet) []string { return strings.Fields(m.heeds) })
}

// Unsaid are the parameters of each cmdlet for which the Go code adds facts that the
// reference page does not say.
func Unsaid() map[string][]string {
	return perCmdlet(func(m cmdlet) []string {
		var names []string
		for name := range m.unsaid {
			names = append(names, name)
		}
		return names
	})
}

func perCmdlet(of func(cmdlet) []string) map[string][]string {
	all := map[string][]string{}
	for _, module := range moduleNames {
		for _, m := range cmdletsOf(module) {
			all[m.name] = of(m)
		}
	}
	return all
}
