package shell

import (
	"strings"
	"testing"
)

const inForce = `<Topology xmlns="urn:t" Signature="s1"><Clusters><Cluster Fqdn="edge1"/><Cluster Fqdn="edge2"/></Clusters>
<Services><Service Fqdn="edge1"><Ports xmlns="urn:p"><Port Owner="a" Port="5061" /></Ports></Service><Service Fqdn="edge2"><Ports xmlns="urn:p"></Ports></Service></Services><Name>Redmond</Name></Topology>`

func TestDocumentDigest(t *testing.T) {
	cases := map[string]struct {
		reason, text string
		same         bool
	}{
		"signature": {"each publish replaces it", `<Topology Signature="s2" xmlns="urn:t"><Clusters><Cluster Fqdn="edge1"/><Cluster Fqdn="edge2"/></Clusters>
<Services><Service Fqdn="edge1"><Ports xmlns="urn:p"><Port Owner="a" Port="5061" /></Ports></Service><Service Fqdn="edge2"><Ports xmlns="urn:p"></Ports></Service></Services><Name>Redmond</Name></Topology>`, true},
		"written anew": {"order, prefixes and white space are the writer's", `<t:Topology xmlns:t="urn:t" xmlns:p="urn:p" Signature="s2"><t:Name> Redmond </t:Name>
<t:Services><t:Service Fqdn="edge2"><p:Ports/></t:Service><t:Service Fqdn="edge1"><p:Ports><p:Port Port="5061" Owner="a"></p:Port></p:Ports></t:Service></t:Services>
<!-- x --><t:Clusters><t:Cluster Fqdn="edge1"/><t:Cluster Fqdn="edge2"/></t:Clusters></t:Topology>`, true},
		"a port of another pool": {"the same elements in another place are another topology", `<Topology xmlns="urn:t" Signature="s1"><Clusters><Cluster Fqdn="edge1"/><Cluster Fqdn="edge2"/></Clusters>
<Services><Service Fqdn="edge1"><Ports xmlns="urn:p"></Ports></Service><Service Fqdn="edge2"><Ports xmlns="urn:p"><Port Owner="a" Port="5061" /></Ports></Service></Services><Name>Redmond</Name></Topology>`, false},
		"another text":                      {"names are text", `<Topology xmlns="urn:t" Signature="s1"><Name>Dublin</Name></Topology>`, false},
		"another attribute of the document": {"only the signature is replaced", strings.Replace(inForce, `Signature="s1"`, `Signature="s1" Version="2"`, 1), false},
		"a signature of another name space": {"it is not the document's", strings.Replace(inForce, `Signature="s1"`, `Signature="s1" xmlns:x="urn:x" x:Signature="s1"`, 1), false},
		"no signature":                      {"it says nothing of the topology", strings.Replace(inForce, ` Signature="s1"`, "", 1), true},
		"a signature further down":          {"only the document's own is replaced", `<Topology xmlns="urn:t"><Name Signature="s1">Redmond</Name></Topology>`, false},
	}
	want, err := documentDigest(inForce)
	if err != nil {
		t.Fatal(err)
	}
	// The digest is kept in status, so a later version of this program gives the same.
	if kept := "sha256-4d19eeda1b1fa39fc9c8e1f264326b55505e57eee97d1c52d5b200d13825e885"; want != kept {
		t.Errorf("the digest is %s, %s in status of routes", want, kept)
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := documentDigest(c.text)
			if err != nil || (got == want) != c.same {
				t.Errorf("%s: %s, %v; the other is %s", c.reason, got, err, want)
			}
		})
	}
	for _, text := range []string{"", "no document", "<Topology>", "<a></b>"} {
		if got, err := documentDigest(text); err == nil {
			t.Errorf("%q has the digest %s", text, got)
		}
	}
}
