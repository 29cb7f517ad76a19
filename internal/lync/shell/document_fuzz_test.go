package shell

import (
	"strings"
	"testing"
)

// FuzzDocument: whatever a server sends as topology document, reading it does not panic, ends,
// and a document and its copy have one digest.
func FuzzDocument(f *testing.F) {
	for _, seed := range []string{
		`<Cluster Fqdn="edge1.contoso.com"><ClusterId SiteId="1" Number="2"/><Machine Fqdn="a"><NetInterface InterfaceSide="External" InterfaceNumber="1" IPAddress="192.0.2.1"/></Machine></Cluster>`,
		`<Service><InstalledOn><ClusterId SiteId="1" Number="2"/></InstalledOn><Ports><Port Owner="urn:component:AccessEdge" Usage="Federation"/></Ports></Service>`,
		`<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;">]><a>&d;</a>`, `<x:Cluster xmlns:x="urn:other" Fqdn="a"/>`, `<a xmlns="urn:a"><a xmlns=""/></a>`,
		strings.Repeat("<a>", 100), "<a" + strings.Repeat(" b=''", 2000) + "/>", "<a>\x00</a>", "<?xml version='1.0' encoding='utf-16'?><a/>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := readDocument([]string{text}, []string{text})
		if err == nil {
			_ = d.machines("edge1.contoso.com")
			_ = d.cluster("edge1.contoso.com")
		}
		first, err := documentDigest(text)
		if second, again := documentDigest(text); first != second || (err == nil) != (again == nil) {
			t.Errorf("two digests: %s, %v and %s, %v", first, err, second, again)
		}
	})
}
