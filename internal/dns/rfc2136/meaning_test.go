package rfc2136

import (
	"errors"
	"strings"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

var testAct = act{zone: "contoso.com", server: "192.0.2.53:53", key: "fedroute.", now: func() time.Time { return time.Unix(1_800_000_000, 0) }}

// replyOf packs a reply to UPDATE number 7.
func replyOf(t *testing.T, rcode int, tsigError uint16, other string) []byte {
	t.Helper()
	m := new(mdns.Msg)
	m.SetUpdate("contoso.com.")
	m.Id, m.Response, m.Rcode = 7, true, rcode
	if tsigError != 0 {
		m.SetTsig("fedroute.", mdns.HmacSHA256, 300, 1_800_000_000)
		ts := m.IsTsig()
		ts.Error, ts.OtherData, ts.OtherLen = tsigError, other, uint16(len(other)/2)
	}
	raw, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestEveryCodeHasItsKind(t *testing.T) {
	tests := map[string]struct {
		rcode     int
		tsigError uint16
		other     string
		want      fault.Kind
		says      string
	}{
		"FORMERR":                   {mdns.RcodeFormatError, 0, "", fault.Internal, "report this"},
		"SERVFAIL":                  {mdns.RcodeServerFailure, 0, "", fault.Unreachable, "tried again"},
		"NXDOMAIN":                  {mdns.RcodeNameError, 0, "", fault.WorldChanged, "reads again"},
		"NOTIMP":                    {mdns.RcodeNotImplemented, 0, "", fault.Unsupported, "enable dynamic updates"},
		"REFUSED":                   {mdns.RcodeRefused, 0, "", fault.Refused, "may not know the key fedroute."},
		"YXDOMAIN":                  {mdns.RcodeYXDomain, 0, "", fault.WorldChanged, "reads again"},
		"YXRRSET":                   {mdns.RcodeYXRrset, 0, "", fault.WorldChanged, "reads again"},
		"NXRRSET":                   {mdns.RcodeNXRrset, 0, "", fault.WorldChanged, "reads again"},
		"NOTAUTH":                   {mdns.RcodeNotAuth, 0, "", fault.Invalid, "primary server"},
		"NOTZONE":                   {mdns.RcodeNotZone, 0, "", fault.Invalid, "outside the zone"},
		"unassigned":                {12, 0, "", fault.Failed, "unexpected code"},
		"BADKEY":                    {mdns.RcodeNotAuth, mdns.RcodeBadKey, "", fault.Denied, "does not know key fedroute."},
		"BADSIG":                    {mdns.RcodeNotAuth, mdns.RcodeBadSig, "", fault.Denied, "does not accept the signature of key fedroute."},
		"BADTIME":                   {mdns.RcodeNotAuth, mdns.RcodeBadTime, "00006b49d264", fault.Denied, "the clocks differ by 1m40s"},
		"BADTIME without time":      {mdns.RcodeNotAuth, mdns.RcodeBadTime, "", fault.Denied, "rejects the time"},
		"yes without signature":     {mdns.RcodeSuccess, 0, "", fault.OutcomeUnknown, "not signed; "},
		"yes with signature's fail": {mdns.RcodeSuccess, mdns.RcodeBadSig, "", fault.OutcomeUnknown, "did not verify; "},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			raw := replyOf(t, tc.rcode, tc.tsigError, tc.other)
			err := testAct.judge(7, raw, "00", hmacProvider(func() []byte { return []byte("k") }))
			if got := fault.KindOf(err); got != tc.want {
				t.Errorf("got %q (%v), want %q", got, err, tc.want)
			}
			if unverified := tc.rcode == mdns.RcodeSuccess; errors.Is(err, dns.ErrUnverified) != unverified {
				t.Errorf("%v: told as an unverified yes: %v, want %v", err, !unverified, unverified)
			}
			if text := fault.Sentence(err); !strings.Contains(text, tc.says) {
				t.Errorf("%q does not say %q", text, tc.says)
			}
		})
	}
}

func TestRepliesToSomethingElseLeaveTheOutcomeOpen(t *testing.T) {
	notUpdate := new(mdns.Msg)
	notUpdate.SetQuestion("contoso.com.", mdns.TypeSOA)
	notUpdate.Id, notUpdate.Response = 7, true
	query, err := notUpdate.Pack()
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		reason string
		id     uint16
		raw    []byte
	}{
		"other id": {"the reply to another message", 8, replyOf(t, mdns.RcodeRefused, 0, "")},
		"a query":  {"the reply to a query", 7, query},
		"garbage":  {"not a DNS message", 7, []byte("HTTP/1.1 400 Bad Request")},
		"empty":    {"nothing", 7, nil},
	}
	for name, tc := range tests {
		if err := testAct.judge(tc.id, tc.raw, "00", nil); !fault.Is(err, fault.OutcomeUnknown) {
			t.Errorf("%s, %s: got %v", name, tc.reason, err)
		}
	}
	refusal := replyOf(t, mdns.RcodeRefused, 0, "")
	if err := testAct.judge(7, refusal[:len(refusal)-3], "00", nil); !fault.Is(err, fault.OutcomeUnknown) || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("a reply that is cut short is told as %v", err)
	}
}

// TestSignedRefusals: a refusal with a signature says what its code says. Only NOTAUTH with an error
// in the signature is about the key.
func TestSignedRefusals(t *testing.T) {
	for _, c := range []struct {
		reason    string
		rcode     int
		tsigError uint16
		want      fault.Kind
		says      string
	}{
		{"the server knows the key and not the zone", mdns.RcodeNotAuth, 0, fault.Invalid, "the server is not authoritative for the zone (NOTAUTH)"},
		{"the server fails, whatever the signature says", mdns.RcodeServerFailure, mdns.RcodeBadKey, fault.Unreachable, "the server failed"},
		{"who signs knows the key", mdns.RcodeRefused, 0, fault.Refused, "policy does not allow this change (REFUSED); nothing was changed"},
	} {
		m := new(mdns.Msg)
		m.SetUpdate("contoso.com.")
		m.Id, m.Response, m.Rcode = 7, true, c.rcode
		m.SetTsig("fedroute.", mdns.HmacSHA256, 300, 1_800_000_000)
		m.IsTsig().Error = c.tsigError
		raw, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		if err := testAct.judge(7, raw, "00", nil); !fault.Is(err, c.want) || !strings.Contains(fault.Sentence(err), c.says) {
			t.Errorf("%s: %s, want %s that says %q", c.reason, fault.Sentence(err), c.want, c.says)
		}
	}
}

// TestASignatureOfAnUnknownAlgorithmProvesNothing: who does not have the key can choose an algorithm,
// and send no signature for it.
func TestASignatureOfAnUnknownAlgorithmProvesNothing(t *testing.T) {
	secret := hmacProvider(func() []byte { return []byte("k") })
	for _, mac := range []string{"", "00", "no hex"} {
		for _, algorithm := range []string{"hmac-md5.sig-alg.reg.int.", "none.", mdns.HmacSHA256} {
			if err := secret.Verify([]byte("message"), &mdns.TSIG{Algorithm: algorithm, MAC: mac}); err == nil {
				t.Errorf("the signature %q of %s verifies", mac, algorithm)
			}
		}
	}
}

func TestUnknownKeepsItsCause(t *testing.T) {
	cause := errors.New("connection reset")
	if err := testAct.unknown("no answer came", cause); !errors.Is(err, cause) {
		t.Errorf("the cause is lost: %v", err)
	}
}

func FuzzJudge(f *testing.F) {
	f.Add([]byte("\x00\x07\xa8\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("\x00\x07\xa8\x05\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		// A sender without the key cannot make a reply that counts as success.
		if err := testAct.judge(7, raw, "00", hmacProvider(func() []byte { return []byte("k") })); err == nil {
			t.Errorf("%x counts as a signed yes", raw)
		}
	})
}
