package cmdlets_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/farm"
)

func TestTopology(t *testing.T) {
	check(t, map[string]oneLiner{
		"XML": {
			reason: "ToString is the document",
			script: `([xml](Get-CsTopology -AsXml).ToString()).Topology.Sites.CentralSite | ForEach-Object { $_.Name }`,
			want:   answer{Out: []string{"Redmond", "Dublin"}},
		},
		"local store": {
			reason: "an Edge reads its own replica",
			on:     edge1,
			script: `$x = [xml](Get-CsTopology -LocalStore -AsXml).ToString(); $x.DocumentElement.GetAttribute('Signature').Length`,
			want:   answer{Out: []string{"36"}},
		},
		"object": {
			reason:  "the object form is described nowhere",
			script:  `Get-CsTopology`,
			refused: "Get-CsTopology without -AsXml",
		},
		"republish": {
			reason: "the reference's example: save, publish; the backup file's name has the time",
			script: `(Get-CsTopology -AsXml).ToString() > C:\t.xml; Publish-CsTopology -FileName C:\t.xml -BackupFileName C:\b.xml; Enable-CsTopology; Test-Path C:\b.xml`,
			want:   answer{Out: []string{"True"}},
		},
		"missing file": {
			reason: "nothing to publish",
			script: `Publish-CsTopology -FileName C:\nowhere.xml`,
			want:   answer{Errors: []string{"FileNotFound,Publish-CsTopology"}},
		},
		"no topology": {
			reason: "another document is refused",
			script: `'<a/>' > C:\a.xml; Publish-CsTopology -FileName C:\a.xml`,
			want:   answer{Errors: []string{"ProcessingFailed,Publish-CsTopology"}},
		},
		"WhatIf": {
			reason: "-WhatIf publishes nothing and writes no backup",
			script: `(Get-CsTopology -AsXml).ToString() > C:\t.xml; Publish-CsTopology C:\t.xml -BackupFileName C:\b.xml -WhatIf; Test-Path C:\b.xml`,
			want: answer{Out: []string{
				`What if: Performing the operation "Publish-CsTopology" on target "topology".`, "False"}},
		},
		"on an Edge": {
			reason: "publishing needs the store",
			on:     edge1,
			script: `Publish-CsTopology -FileName C:\t.xml`,
			want:   answer{Errors: []string{"CannotConnect,Publish-CsTopology"}},
		},
	})
}

func TestPublishIsJournaledWithItsAuthor(t *testing.T) {
	f, _ := newFarm(t, nil)
	s := newShell(f, frontEnd)
	edited, err := f.Truth().Published.WithSIPFederation("edge2.contoso.com", true)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.files.WriteFile(`C:\new.xml`, edited.Bytes()); err != nil {
		t.Fatal(err)
	}
	got := s.run(t, `Publish-CsTopology -FileName C:\new.xml -Force; Enable-CsTopology; Get-CsService -EdgeServer | Where-Object { $_.AccessEdgeExternalSipPort } | ForEach-Object { $_.PoolFqdn }`)
	if diff := cmp.Diff(answer{Out: []string{"edge1.contoso.com", "edge2.contoso.com"}}, got); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
	want := farm.Actor{User: anna, Machine: frontEnd, Command: "Publish-CsTopology"}
	for _, entry := range f.Journal() {
		if entry.Object == "EdgeServer:edge2.contoso.com federation 5061" {
			if diff := cmp.Diff(want, entry.Actor); diff != "" {
				t.Errorf("author of the flag (-want +got):\n%s", diff)
			}
			return
		}
	}
	t.Errorf("the journal does not have the flag: %+v", f.Journal())
}

func TestReport(t *testing.T) {
	cases := map[string]struct{ reason, machine, script, want string }{
		"success": {"the log says so", frontEnd, `Enable-CsTopology -Report C:\r.html`, "<td>Success</td>"},
		"failure": {"the log names the error", edge1, `Publish-CsTopology C:\t.xml -Report C:\r.html`, "<td>Error: connect to the Central Management Store"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f, _ := newFarm(t, nil)
			s := newShell(f, tc.machine)
			s.run(t, tc.script)
			page, err := s.files.ReadFile(`C:\r.html`)
			if err != nil {
				t.Fatalf("%s: %v", tc.reason, err)
			}
			if !strings.Contains(string(page), tc.want) {
				t.Errorf("%s: %s does not contain %s", tc.reason, page, tc.want)
			}
		})
	}
}

func TestSimpleURLs(t *testing.T) {
	const meet = `$e = New-CsSimpleUrlEntry -Url https://meet.contoso.net; $u = New-CsSimpleUrl -Component Meet -Domain contoso.net -SimpleUrlEntry $e -ActiveUrl https://meet.contoso.net; `
	const show = `; Get-CsSimpleUrlConfiguration | Select-Object -ExpandProperty SimpleUrl | ForEach-Object { "$($_.Component) $($_.Domain) $($_.ActiveUrl) $($_.SimpleUrlEntry.Url)" }`
	const meetLine, dialinLine = "Meet contoso.com https://meet.contoso.com https://meet.contoso.com", "Dialin * https://dialin.contoso.com https://dialin.contoso.com"
	const newLine = "Meet contoso.net https://meet.contoso.net https://meet.contoso.net"
	check(t, map[string]oneLiner{
		"add": {
			reason: "the reference's way to add one",
			script: meet + `Set-CsSimpleUrlConfiguration -Identity global -SimpleUrl @{Add=$u}` + show,
			want:   answer{Out: []string{meetLine, dialinLine, newLine}},
		},
		"remove": {
			reason: "an object that mimics the one to go",
			script: `$e = New-CsSimpleUrlEntry -Url https://meet.contoso.com; $u = New-CsSimpleUrl -Component Meet -Domain contoso.com -SimpleUrlEntry $e -ActiveUrl https://meet.contoso.com; ` +
				`Set-CsSimpleUrlConfiguration -Identity global -SimpleUrl @{Remove=$u}` + show,
			want: answer{Out: []string{dialinLine}},
		},
		"empty": {
			reason: "nothing empties the collection",
			script: `Set-CsSimpleUrlConfiguration -SimpleUrl $null` + show,
		},
		"site": {
			reason: "a site can have its own; the new collection is returned",
			script: meet + `(New-CsSimpleUrlConfiguration -Identity site:Dublin -SimpleUrl @{Add=$u}).Identity; Remove-CsSimpleUrlConfiguration -Identity Site:Dublin; @(Get-CsSimpleUrlConfiguration).Count`,
			want:   answer{Out: []string{"Site:Dublin", "1"}},
		},
		"global again": {
			reason: "there is one global collection",
			script: `New-CsSimpleUrlConfiguration -Identity global`,
			want:   answer{Errors: []string{"InvalidArgument,New-CsSimpleUrlConfiguration"}},
		},
		"not a URL": {
			reason: "a plain text is no simple URL",
			script: `Set-CsSimpleUrlConfiguration -SimpleUrl @{Add='https://meet.contoso.net'}`,
			want:   answer{Errors: []string{"InvalidArgument,Set-CsSimpleUrlConfiguration"}},
		},
		"lost and restored": {
			reason: "a publish empties them; what was read before brings them back",
			script: `$before = @(Get-CsSimpleUrlConfiguration); (Get-CsTopology -AsXml).ToString() > C:\t.xml; Publish-CsTopology C:\t.xml; ` +
				`@((Get-CsSimpleUrlConfiguration).SimpleUrl).Count; Set-CsSimpleUrlConfiguration -Identity Global -SimpleUrl @{Replace=$before[0].SimpleUrl}` + show,
			want: answer{Out: []string{"0", meetLine, dialinLine}},
		},
	})
}
