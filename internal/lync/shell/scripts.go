package shell

import (
	"embed"
	"fmt"
	"path"
)

// Reading and writing scripts are embedded apart, so that code which only reads cannot
// hold a script that changes something.
var (
	//go:embed scripts/Read-*.ps1
	readingFiles embed.FS
	//go:embed scripts/Set-*.ps1 scripts/Publish-*.ps1 scripts/Start-*.ps1 scripts/Invoke-*.ps1 scripts/Restart-*.ps1 scripts/Restore-*.ps1
	writingFiles embed.FS
)

// script is one file of the catalogue.
type script struct{ name, text string }

// readingScript changes nothing; writingScript may. The compiler converts neither to the
// other, because their fields have different names.
type (
	readingScript struct{ reading script }
	writingScript struct{ writing script }
)

var (
	readTopology         = readingScript{load(readingFiles, "Read-Topology")}
	readTopologyDocument = readingScript{load(readingFiles, "Read-TopologyDocument")}
	readEdgeServer       = readingScript{load(readingFiles, "Read-EdgeServer")}
	readEdgeCertificate  = readingScript{load(readingFiles, "Read-EdgeCertificate")}
	readEnablePermission = readingScript{load(readingFiles, "Read-EnablePermission")} // of an Operator: it asks about its account
)

// writing holds the scripts of an Operator and of a ZoneWriter.
type writing struct {
	setNextHop          writingScript
	setSiteRoute        writingScript
	publishFlags        writingScript
	restoreSimpleURLs   writingScript
	startEdgeServices   writingScript
	restartEdgeServices writingScript
	invokeEdgeSetup     writingScript
	setEdgeAssociation  writingScript
	invokePoolFailBack  writingScript
	setDNSRecords       writingScript
}

func loadWriting() writing {
	return writing{
		setNextHop:          writingScript{load(writingFiles, "Set-NextHop")},
		setSiteRoute:        writingScript{load(writingFiles, "Set-SiteRoute")},
		publishFlags:        writingScript{load(writingFiles, "Publish-FederationFlags")},
		restoreSimpleURLs:   writingScript{load(writingFiles, "Restore-SimpleUrls")},
		startEdgeServices:   writingScript{load(writingFiles, "Start-EdgeServices")},
		restartEdgeServices: writingScript{load(writingFiles, "Restart-EdgeServices")},
		invokeEdgeSetup:     writingScript{load(writingFiles, "Invoke-EdgeSetup")},
		setEdgeAssociation:  writingScript{load(writingFiles, "Set-EdgeAssociation")},
		invokePoolFailBack:  writingScript{load(writingFiles, "Invoke-PoolFailBack")},
		setDNSRecords:       writingScript{load(writingFiles, "Set-DnsRecords")},
	}
}

// load reads an embedded file. All names are written in this package, so a missing file is
// a mistake in the source, which any test of the package shows.
func load(files embed.FS, name string) script {
	text, err := files.ReadFile(path.Join("scripts", name+".ps1"))
	if err != nil {
		panic(fmt.Sprintf("the catalogue has no %s: %v", name, err))
	}
	return script{name: name, text: string(text)}
}
