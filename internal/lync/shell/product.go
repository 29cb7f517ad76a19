package shell

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/fedroute/fedroute/internal/lync"
)

var versionNumber = regexp.MustCompile(`\d+(?:\.\d+){2,3}`)

// namesSE: how the Subscription Edition calls itself is not documented.
var namesSE = regexp.MustCompile(`Subscription Edition|Server SE\b`)

// build2019 is the base build of Skype for Business Server 2019; the
// Subscription Edition shares its code base under later numbers.
const build2019 = 2046

// product reads what Get-CsServerVersion says, e.g.
// "Microsoft Lync Server 2013 (5.0.8308.0): Volume license key installed.".
// XMPP federation exists in 2013 and 2015 only; later servers still have its
// cmdlets and parameters, so those prove nothing.
func product(text, module, xmppParameter string) lync.Product {
	p := lync.Product{Version: versionNumber.FindString(text), Module: module, XMPPRouteParameter: xmppParameter}
	major, build := split(p.Version)
	switch {
	case namesSE.MatchString(text), major > 7, major == 7 && build > build2019:
		p.Name = "Skype for Business Server Subscription Edition"
	case major == 7:
		p.Name = "Skype for Business Server 2019"
	case major == 6:
		p.Name, p.XMPP = "Skype for Business Server 2015", true
	case major == 5:
		p.Name, p.XMPP = "Lync Server 2013", true
	case major == 4:
		p.Name = "Lync Server 2010"
	default:
		p.Name = strings.TrimSpace(text)
	}
	return p
}

// split gives the major version and the build number, 0 when there is none.
func split(version string) (major, build int) {
	parts := strings.Split(version, ".")
	if len(parts) < 3 {
		return 0, 0
	}
	major, _ = strconv.Atoi(parts[0]) // the pattern allows digits only
	build, _ = strconv.Atoi(parts[2])
	return major, build
}
