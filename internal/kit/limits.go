package kit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Limits are the names that a machine's functions accept.
type Limits struct {
	Sites []string // central sites
	Pools []string // Edge pools and Front End pools
	Zones []string // DNS zones
}

// of leaves the names that the functions of a machine with these roles use.
func (l Limits) of(roles []Role) (used Limits) {
	if slices.Contains(roles, FrontEnd) {
		used.Sites, used.Pools = l.Sites, l.Pools
	}
	if slices.Contains(roles, DNS) {
		used.Zones = l.Zones
	}
	return used
}

// text is FedRoute.limits.json: names in lower case, sorted, each once. The file is ASCII,
// because Windows PowerShell reads others in the machine's code page.
func (l Limits) text() string {
	plain := Limits{Sites: lower(l.Sites), Pools: lower(l.Pools), Zones: lower(l.Zones)}
	raw, err := json.MarshalIndent(plain, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("lists of names as JSON: %v", err)) // strings always can be written
	}
	return ascii(string(raw)) + "\n"
}

func lower(names []string) []string {
	out := make([]string, 0, len(names))
	for _, name := range names {
		out = append(out, strings.ToLower(name))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ascii writes other characters of a JSON text as \u escapes.
func ascii(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r <= unicode.MaxASCII {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteToASCII(string(r))
		if r > 0xFFFF { // JSON has no \U
			const surrogate, half = 0x10000, 0x400
			quoted = fmt.Sprintf(`"\u%04x\u%04x"`, 0xD800+(r-surrogate)/half, 0xDC00+(r-surrogate)%half)
		}
		b.WriteString(strings.Trim(quoted, `"`))
	}
	return b.String()
}
