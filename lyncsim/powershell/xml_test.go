package powershell_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
)

// TestXML checks operations for editing a topology document that the recorded case does
// not contain.
func TestXML(t *testing.T) {
	const head = `[xml]$d = '<T xmlns="urn:t"><Ports><Port Usage="A" Port="1"/><Port Usage="B" Port="2"><Note>n</Note></Port></Ports><Empty/></T>'; `
	cases := map[string]struct {
		reason string
		script string
		want   []string
	}{
		"attribute by name":  {"an attribute is a property that can be set", `$d.T.Ports.Port[0].Port = '9'; $d.T.Ports.Port[0].OuterXml`, []string{`<Port Usage="A" Port="9" xmlns="urn:t" />`}},
		"text by name":       {"an element with only text is its text", `$d.T.Ports.Port[1].Note; $d.T.Ports.Port[1].Note = 'm'; $d.T.Ports.Port[1].Note; "[$($d.T.Empty)]"`, []string{"n", "m", "[]"}},
		"filter":             {"elements go through the pipeline", `$d.T.Ports.Port | Where-Object { $_.GetAttribute('Usage') -eq 'B' } | ForEach-Object { $_.Port }`, []string{"2"}},
		"remove":             {"a removed node is gone from its parent", `$p = $d.T.Ports; $null = $p.RemoveChild($p.FirstChild); @($p.Port).Count; $p.ChildNodes.Count`, []string{"1", "1"}},
		"create":             {"a created element in the parent's namespace declares none", `$e = $d.CreateElement('Port', $d.T.Ports.NamespaceURI); $e.SetAttribute('Usage', 'C & D'); $null = $d.T.Ports.AppendChild($e); $d.T.Ports.LastChild.OuterXml; $d.OuterXml.Contains('<Port Usage="C &amp; D" />')`, []string{`<Port Usage="C &amp; D" xmlns="urn:t" />`, "True"}},
		"create without":     {"an element without namespace says so", `$null = $d.T.AppendChild($d.CreateElement('X')); $d.OuterXml.EndsWith('<X xmlns="" /></T>')`, []string{"True"}},
		"clone":              {"a copy has its namespace and goes where it is put", `$c = $d.T.Ports.Port[1].Clone(); $c.OuterXml; $s = $c.CloneNode($false); $s.Port = '3'; $null = $d.T.Ports.AppendChild($s); $d.T.Ports.LastChild.OuterXml; $d.T.Ports.Port[1].Port`, []string{`<Port Usage="B" Port="2" xmlns="urn:t"><Note>n</Note></Port>`, `<Port Usage="B" Port="3" xmlns="urn:t" />`, "2"}},
		"in a string":        {"a node is its class, its ToString the name", `"$d $($d.T.Ports) $($d.T.Ports.ToString())"`, []string{"System.Xml.XmlDocument System.Xml.XmlElement Ports"}},
		"XPath":              {"XPath 1.0 with prefixes", `$n = [System.Xml.XmlNamespaceManager]::new($d.NameTable); $n.AddNamespace('t', 'urn:t'); $d.SelectNodes('/t:T/t:Ports/t:Port[@Usage="B" or position()=1]/@Port', $n) | ForEach-Object { $_.Value }; $d.SelectSingleNode('//t:Note/..', $n).Usage; $d.SelectNodes("//*[local-name()='Port']").Count`, []string{"1", "2", "B", "2"}},
		"bad XPath":          {"an error of the script", `try { $d.SelectNodes('//[') } catch { $_.FullyQualifiedErrorId }`, []string{"XPathException"}},
		"attributes":         {"attributes are a collection by name, too", `$a = $d.T.Ports.Port[0].Attributes; "$($a.Count) $($a['Usage'].Value) $($null -eq $a['None'])"`, []string{"2 A True"}},
		"round trip":         {"what was read is written unchanged", `$x = '<?xml version="1.0"?><a b="&lt;&quot;"><!--c--><d>x &amp; y</d><e /></a>'; ([xml]$x).OuterXml -eq $x`, []string{"True"}},
		"save":               {"Save indents with two blanks", `$d.T.Ports.RemoveAll(); $d.Save('C:\t.xml'); [System.IO.File]::ReadAllLines('C:\t.xml') | ForEach-Object { $_ }`, []string{`<T xmlns="urn:t">`, "  <Ports />", "  <Empty />", "</T>"}},
		"load":               {"Load reads the machine's disk", `[System.IO.File]::WriteAllText('C:\l.xml', '<l v="1"/>'); $l = New-XML; $l.Load('C:\l.xml'); $l.l.v`, []string{"1"}},
		"entities are kept":  {"no document type of a stranger is expanded", `try { [xml]'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>' } catch { $_.FullyQualifiedErrorId }`, []string{"InvalidCastToXmlDocument"}},
		"nodes compare":      {"two views of an element are equal", `$d.T.Ports -eq $d.DocumentElement.FirstChild`, []string{"True"}},
		"an element is true": {"if ($node) holds for an element without content", `[bool]$d.T.Ports.Port[0]`, []string{"True"}},
		"owner and parents":  {"a node knows its document", `$p = $d.T.Ports.Port[0]; "$($p.ParentNode.LocalName) $($p.OwnerDocument.DocumentElement.Name) $($p.NextSibling.Usage)"`, []string{"Ports T B"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := run(t, `function New-XML { , [System.Xml.XmlDocument]::new() }; `+head+tc.script, func(o *powershell.Options) { o.Files = dotnet.NewMemoryDisk() })
			if diff := cmp.Diff(answer{Out: tc.want}, got); diff != "" {
				t.Errorf("%s: -want +got\n%s", tc.reason, diff)
			}
		})
	}
}
