package shell

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/fedroute/fedroute/internal/lync"
)

var versionNumber = regexp.MustCompile(`\d+(?:\.\d+){2,3}`)

// namesSE matches both names that Microsoft uses for the Subscription Edition. Which of
// them the product prints is not documented.
var namesSE = regexp.MustCompile(`Subscription Edition|Server SE\b`)

// buildSE is the first version number of the Subscription Edition, 7.0.2046.820. The
// updates of 2019 have lower numbers.
var buildSE = []int{7, 0, 2046, 820}

// product reads what Get-CsServerVersion says, e.g.
// "Microsoft Lync Server 2013 (5.0.8308.0): Volume license key installed.".
// A version that fedroute does not know counts as one without XMPP federation.
func product(text, module, xmppParameter string) lync.Product {
	p := lync.Product{Version: versionNumber.FindString(text), Module: module, XMPPRouteParameter: xmppParameter}
	g, known := generation(text, p.Version)
	if !known {
		p.Name = cmp.Or(strings.TrimSpace(text), "a server that does not tell its version")
		p.WithoutXMPP = "its version is not one that is known here"
		return p
	}
	p.Name, p.XMPP, p.WithoutXMPP, p.XMPPByHost = g.Name, g.WithoutXMPP == "", g.WithoutXMPP, g.XMPPByHost
	return p
}

// generation finds the product generation. It goes by the version number first, because
// setup writes the number and no translation changes it. The name decides between 2019 and
// the Subscription Edition, and where there is no number.
func generation(text, version string) (lync.Generation, bool) {
	parts := numbers(version)
	name := ""
	switch {
	case len(parts) == 0:
		name = nameIn(text)
	case parts[0] > buildSE[0]:
		name = lync.NameSE
	case parts[0] == buildSE[0]:
		name = name7(text, parts)
	}
	for _, g := range lync.Generations() {
		if g.Name == name || name == "" && len(parts) > 0 && g.Major == parts[0] {
			return g, true
		}
	}
	return lync.Generation{}, false
}

func name7(text string, parts []int) string {
	switch {
	case namesSE.MatchString(text):
		return lync.NameSE
	case strings.Contains(text, lync.Name2019):
		return lync.Name2019
	case slices.Compare(parts, buildSE) >= 0:
		return lync.NameSE
	}
	return lync.Name2019
}

func nameIn(text string) string {
	if namesSE.MatchString(text) {
		return lync.NameSE
	}
	for _, g := range lync.Generations() {
		if strings.Contains(text, g.Name) {
			return g.Name
		}
	}
	return ""
}

// numbers splits a version number; an empty text gives no numbers.
func numbers(version string) []int {
	var parts []int
	for part := range strings.SplitSeq(version, ".") {
		if n, err := strconv.Atoi(part); err == nil {
			parts = append(parts, n)
		}
	}
	return parts
}
