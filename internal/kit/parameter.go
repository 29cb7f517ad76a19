package kit

import "fmt"

// Parameter is a parameter of a visible function. It is a string, or a list of strings.
type Parameter struct {
	Name string
	// Pattern is the whole value's, case-sensitive.
	Pattern string
	List    bool
	// Flag is "true" or "false", for a Boolean of the script.
	Flag bool
	// Optional parameters of a script may be missing. No parameter is mandatory to
	// PowerShell: it would ask the caller for a missing one. The function reports it.
	Optional bool
	// Listed is the list of FedRoute.limits.json that must name the value; empty: none.
	Listed string
}

// maxList is how many values a list may have.
const maxList = 256

// Patterns of values. They are ASCII; what PowerShell compares without them goes by the
// culture that the caller chose.
const (
	label        = `[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?`
	hostPattern  = `(?=.{1,253}\z)(?:` + label + `\.)*` + label
	lowerLabel   = `[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?`
	ownerPattern = `(?=.{1,253}\z)(?:` + lowerLabel + `\.)*` + lowerLabel
	// A site's name is free text. The list of sites decides; the pattern keeps out what
	// has a meaning to somebody.
	sitePattern = `[\p{L}\p{Nd}][\p{L}\p{Nd} ._()&-]{0,62}`
)

var (
	signature = Parameter{Name: "Signature", Pattern: `[0-9A-Za-z{}-]{1,64}`}
	pool      = Parameter{Pattern: hostPattern, Listed: "Pools"}
	pools     = Parameter{Pattern: hostPattern, Listed: "Pools", List: true, Optional: true}
	values    = Parameter{Pattern: `[0-9a-z:. _-]{1,280}`, List: true, Optional: true}
)

func (p Parameter) named(name string) Parameter {
	p.Name = name
	return p
}

// parameters of the functions that have any.
var parameters = map[string][]Parameter{
	"Restore-SimpleUrls": {{Name: "SimpleUrls", Pattern: `[\x20-\x7e]{2,262144}`}},
	"Set-SiteRoute": {
		{Name: "Site", Pattern: sitePattern, Listed: "Sites"}, {Name: "Protocol", Pattern: `SIP|XMPP`}, pool.named("EdgePool"),
	},
	"Set-NextHop":         {pool.named("EdgePool"), pool.named("FrontEndPool")},
	"Set-EdgeAssociation": {pool.named("FrontEndPool"), pool.named("EdgePool")},
	"Invoke-PoolFailBack": {pool.named("FrontEndPool")},
	"Publish-FederationFlags": {
		signature, pools.named("EnableSip"), pools.named("DisableSip"), pools.named("EnableXmpp"), pools.named("DisableXmpp"),
		{Name: "ProposeOnly", Pattern: `true|false`, Flag: true, Optional: true},
	},
	"Invoke-EdgeSetup": {signature, {Name: "HostName", Pattern: hostPattern}},
	// One set of records a call: the script's list would be of objects.
	"Set-DnsRecords": {
		{Name: "Zone", Pattern: hostPattern, Listed: "Zones"}, {Name: "Name", Pattern: ownerPattern}, {Name: "Type", Pattern: `A|AAAA|SRV`},
		{Name: "Ttl", Pattern: `(?:[0-9]{1,5}\.)?(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]`, Optional: true},
		values.named("Before"), values.named("After"),
	},
}

// declaration is the parameter as a function declares it. ValidatePattern ignores case
// unless its options say otherwise.
func (p Parameter) declaration() string {
	pattern := fmt.Sprintf(`[ValidatePattern('\A(?:%s)\z', Options = 'None')]`, p.Pattern)
	if p.List {
		return fmt.Sprintf("[ValidateCount(0, %d)]%s[string[]]$%s", maxList, pattern, p.Name)
	}
	return pattern + "[string]$" + p.Name
}
