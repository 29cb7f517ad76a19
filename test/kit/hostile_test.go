package kit_test

import (
	"bytes"
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/psrp/clixml"
	"github.com/fedroute/fedroute/internal/psrp/message"
	"github.com/fedroute/fedroute/test/support/hostile"
)

// siteRoute are good arguments of Set-SiteRoute, with one of them replaced.
func siteRoute(name string, value any) []psrp.Parameter {
	given := []psrp.Parameter{{Name: "Site", Value: "Redmond"}, {Name: "Protocol", Value: "SIP"}, {Name: "EdgePool", Value: edge2}}
	for i := range given {
		if given[i].Name == name {
			given[i].Value = value
			return given
		}
	}
	return append(given, psrp.Parameter{Name: name, Value: value})
}

// records are good arguments of Set-DnsRecords, with some of them replaced.
func records(replaced ...psrp.Parameter) []psrp.Parameter {
	given := []psrp.Parameter{{Name: "Zone", Value: "contoso.com"}, {Name: "Name", Value: "new"}, {Name: "Type", Value: "A"}, {Name: "Ttl", Value: "00:05:00"}, {Name: "After", Value: []string{"192.0.2.7"}}}
	for _, p := range replaced {
		i := slices.IndexFunc(given, func(g psrp.Parameter) bool { return g.Name == p.Name })
		if i < 0 {
			given = append(given, p)
			continue
		}
		given[i] = p
	}
	return given
}

func one(name string, value any) psrp.Parameter { return psrp.Parameter{Name: name, Value: value} }

// refusal is how a call ended in which the function did nothing.
const (
	validation = "ended by ParameterArgumentValidationError"
	unlisted   = `"fedroute.Unlisted,`
	invalid    = `"fedroute.Invalid,`
)

// TestValuesAreRefused: what the functions must not take, in both engines. Nothing may be
// changed by any of it.
func TestValuesAreRefused(t *testing.T) {
	cases := []struct {
		reason, machine, function string
		given                     []psrp.Parameter
		says                      string
	}{
		{"a site that the kit does not list", fe1, "Set-SiteRoute", siteRoute("Site", "Dublin"), unlisted},
		{"a pool that the kit does not list", fe1, "Set-SiteRoute", siteRoute("EdgePool", "edge1.fabrikam.com"), unlisted},
		{"a pool of a list that the kit does not list", fe1, "Publish-FederationFlags", []psrp.Parameter{one("Signature", "x"), one("EnableSip", []string{edge1, "other.contoso.com"})}, unlisted},
		{"a soft hyphen, which a linguistic comparison passes over", fe1, "Set-SiteRoute", siteRoute("Site", "Red\u00admond"), validation},
		{"a zero-width space in a pool", fe1, "Set-SiteRoute", siteRoute("EdgePool", "edge2\u200b.contoso.com"), validation},
		{"a NUL", fe1, "Set-SiteRoute", siteRoute("Site", "Redmond\x00"), validation},
		{"a newline at the end", fe1, "Set-SiteRoute", siteRoute("EdgePool", edge2+"\n"), validation},
		{"a letter that a culture calls the same", fe1, "Set-SiteRoute", siteRoute("EdgePool", "edge2.contoso.com\u212a"), validation},
		{"another case of a word of the protocol", fe1, "Set-SiteRoute", siteRoute("Protocol", "sip"), validation},
		{"an identity in the place of a pool", fe1, "Set-SiteRoute", siteRoute("EdgePool", "EdgeServer:"+edge2), validation},
		{"a subexpression", fe1, "Set-SiteRoute", siteRoute("Site", "$(Stop-Computer)"), validation},
		{"a quotation mark", fe1, "Set-SiteRoute", siteRoute("Site", "Redmond'; Stop-Computer; '"), validation},
		{"one of PowerShell's other quotation marks", fe1, "Set-SiteRoute", siteRoute("Site", "Redmond\u2019"), validation},
		{"a wildcard", fe1, "Set-SiteRoute", siteRoute("Site", "*"), validation},
		{"a path in the name of a mutex", fe1, "Invoke-PoolFailBack", []psrp.Parameter{one("FrontEndPool", `..\..\x`)}, validation},
		{"a name longer than names are", fe1, "Invoke-PoolFailBack", []psrp.Parameter{one("FrontEndPool", strings.Repeat("a.", 127)+"aa")}, validation},
		{"nothing at all", fe1, "Set-SiteRoute", nil, `parameter Site is missing`},
		{"one parameter too few", fe1, "Set-SiteRoute", siteRoute("Site", "Redmond")[:2], `parameter EdgePool is missing`},
		{"an empty text", fe1, "Set-SiteRoute", siteRoute("Site", ""), validation},
		{"a parameter that is not there", fe1, "Set-SiteRoute", siteRoute("Force", true), "ended by NamedParameterNotFound"},
		{"a Boolean that is none", fe1, "Publish-FederationFlags", []psrp.Parameter{one("Signature", "x"), one("ProposeOnly", "True")}, validation},

		{"another zone", dc1, "Set-DnsRecords", records(one("Zone", "fabrikam.com")), unlisted},
		{"every name", dc1, "Set-DnsRecords", records(one("Name", "*")), validation},
		{"the zone itself", dc1, "Set-DnsRecords", records(one("Name", "@")), validation},
		{"a name with an empty label", dc1, "Set-DnsRecords", records(one("Name", "a..b")), validation},
		{"an address that is a number", dc1, "Set-DnsRecords", records(one("After", []string{"1"})), invalid},
		{"an octet too large", dc1, "Set-DnsRecords", records(one("After", []string{"192.0.2.256"})), invalid},
		{"an octal octet", dc1, "Set-DnsRecords", records(one("After", []string{"192.0.2.010"})), invalid},
		{"an address of the other family", dc1, "Set-DnsRecords", records(one("After", []string{"2001:db8::1"})), invalid},
		{"no IPv6 address", dc1, "Set-DnsRecords", records(one("Type", "AAAA"), one("After", []string{"1::2::3"})), `"Error":`},
		{"a service without a target", dc1, "Set-DnsRecords", records(one("Type", "SRV"), one("After", []string{"0 0 5061"})), invalid},
		{"a service whose target is empty", dc1, "Set-DnsRecords", records(one("Type", "SRV"), one("After", []string{"0 0 5061 "})), invalid},
		{"a service whose target is the root", dc1, "Set-DnsRecords", records(one("Type", "SRV"), one("After", []string{"0 0 5061 ."})), invalid},
		{"a port too large", dc1, "Set-DnsRecords", records(one("Type", "SRV"), one("After", []string{"0 0 65536 fed.contoso.com"})), `"Error":`},
		{"a negative TTL", dc1, "Set-DnsRecords", records(one("Ttl", "-00:05:00")), validation},
		{"a TTL in words", dc1, "Set-DnsRecords", records(one("Ttl", "300")), validation},
		{"another type", dc1, "Set-DnsRecords", records(one("Type", "MX")), validation},
		{"two types in one text", dc1, "Set-DnsRecords", records(one("Type", "A AAAA")), validation},
	}
	engines(t, "values that it must not take change nothing", func(t *testing.T, open func(*organization, kit.Machine) runspace) {
		o := start(t)
		sessions := map[string]runspace{}
		for _, c := range cases {
			if sessions[c.machine] == nil {
				sessions[c.machine] = open(o, machines[c.machine])
			}
			if got := answerOf(t, sessions[c.machine], c.function, c.given...); !strings.Contains(got, c.says) {
				t.Errorf("%s: %.300s, want %s", c.reason, got, c.says)
			}
		}
		unchanged(t, o)
		if got := answerOf(t, sessions[fe1], "Set-SiteRoute", siteRoute("Site", "REDMOND")...); !strings.Contains(got, `"Result":`) {
			t.Errorf("afterwards a listed name in another case: %s", got)
		}
	})
}

// unchanged reports every change of the farm and its zone.
func unchanged(t *testing.T, o *organization) {
	t.Helper()
	for _, e := range o.Journal() {
		t.Errorf("the organization was changed: %+v", e)
	}
	for _, e := range o.zones.Journal() {
		t.Errorf("the zone was changed: %+v", e)
	}
}

// texts makes every command a script: the flag stands in the pipeline's first message, and
// the two texts are of one length.
type texts struct{ psrp.Transport }

func (s texts) Start(ctx context.Context, pipeline message.ID, first []byte) (psrp.Stream, error) {
	return s.Transport.Start(ctx, pipeline, bytes.Replace(first, []byte(`N="IsScript">false<`), []byte(`N="IsScript">true <`), 1))
}

// TestNothingElseRuns: a caller who means harm gets nothing but the functions, whatever he
// sends. The session answers afterwards, and no file is new.
func TestNothingElseRuns(t *testing.T) {
	path := realPowerShell(t, "hostile callers get its functions and nothing else")
	if path == "" {
		return
	}
	o := start(t)
	const notFound, noScript = "ended by CommandNotFoundException", "ended by ScriptsNotAllowed"
	s := enter(t, o, machines[fe1], path)
	before := files(t)
	for _, name := range append(hostile.Commands(), hostile.Names...) {
		if got := answerOf(t, s, name); got != notFound {
			t.Errorf("the command %q: %.200s, want %s", name, got, notFound)
		}
	}
	for _, c := range []struct {
		reason, function string
		given            []psrp.Parameter
		want             string
	}{
		{"errors are passed over", "Set-SiteRoute", siteRoute("Site", "Dublin"), unlisted},
		{"errors are passed over in silence", "Set-SiteRoute", append(siteRoute("Site", "Dublin"), one("ErrorAction", "Ignore")), unlisted},
		{"errors continue", "Set-SiteRoute", append(siteRoute("Site", "Dublin"), one("ErrorAction", "SilentlyContinue")), unlisted},
		{"a question is asked", "Set-SiteRoute", append(siteRoute("Site", "Dublin"), one("ErrorAction", "Inquire")), unlisted},
		{"a warning ends it", "Set-SiteRoute", append(siteRoute("Site", "Dublin"), one("WarningAction", "Stop"), one("InformationAction", "Stop")), unlisted},
		{"everything is told", "Set-SiteRoute", append(siteRoute("Site", "Dublin"), one("Verbose", true), one("Debug", true)), unlisted},
		{"a variable of the session", "Read-Topology", []psrp.Parameter{one("OutVariable", "x")}, "ended by VariableReferenceNotSupportedInDataSection"},
		{"a variable of the environment", "Read-Topology", []psrp.Parameter{one("ErrorVariable", "env:PATH")}, "ended by "},
		{"a function is replaced", "Read-Topology", []psrp.Parameter{one("PipelineVariable", "function:Set-SiteRoute")}, "ended by "},
		{"a script block", "Set-SiteRoute", siteRoute("Site", &clixml.Value{Kind: "SBK", Text: "New-Item Temp:/fedroute-hostile"}), validation},
		{"a list where a text is taken", "Set-SiteRoute", siteRoute("Site", []string{"Redmond", "Dublin"}), unlisted},
		{"an object of a faked type", "Set-SiteRoute", siteRoute("Site", &clixml.Value{Kind: "Obj", TypeNames: []string{"System.IO.FileInfo"}, ToString: "/etc/passwd",
			Properties: []clixml.Property{{Name: "FullName", Value: clixml.String("/etc/passwd")}}}), "ended by "},
		{"a text of 300 kB", "Set-SiteRoute", siteRoute("Site", strings.Repeat("a", 300_000)), validation},
		{"a thousand pools", "Publish-FederationFlags", []psrp.Parameter{one("Signature", "x"), one("EnableSip", slices.Repeat([]string{edge1}, 1000))}, validation},
	} {
		if got := answerOf(t, s, c.function, c.given...); !strings.Contains(got, c.want) {
			t.Errorf("%s: %.300s, want %s", c.reason, got, c.want)
		}
	}
	for name, values := range hostile.Common() {
		for _, v := range values {
			if got := answerOf(t, s, "Set-SiteRoute", append(siteRoute("Site", "Dublin"), one(name, v))...); !strings.Contains(got, unlisted) && !strings.HasPrefix(got, "ended by ") {
				t.Errorf("-%s %v: %.300s, want to be refused", name, v, got)
			}
		}
	}
	scripted := enterWith(t, o, machines[fe1], path, func(plain psrp.Transport) psrp.Transport { return texts{plain} })
	for _, text := range append(slices.Clone(hostile.Texts), hostile.Names...) {
		if got := answerOf(t, scripted, text); got != noScript {
			t.Errorf("the script %q: %.200s, want %s", text, got, noScript)
		}
	}
	unchanged(t, o)
	if diff := cmp.Diff(before, files(t)); diff != "" {
		t.Errorf("files of the temporary folder (-before +after):\n%s", diff)
	}
	if got := answerOf(t, s, "Set-SiteRoute", siteRoute("Site", "Redmond")...); !strings.Contains(got, `"Result":`) {
		t.Errorf("the session answers no more: %s", got)
	}
}

// files lists what a caller may have written where everybody may write.
func files(t *testing.T) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(os.TempDir())
	must(t, err)
	for _, e := range entries {
		if strings.Contains(e.Name(), "hostile") {
			names = append(names, e.Name())
		}
	}
	return names
}
