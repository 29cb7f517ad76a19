package cmdlets

import (
	"context"
	"fmt"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
	"github.com/fedroute/fedroute/lyncsim/refusal"
)

var topologyCmdlets = map[string]cmdlet{
	"Get-CsTopology":     {run: getTopology, needs: store, act: farm.ReadProtected, honours: "AsXml LocalStore"},
	"Publish-CsTopology": {run: publishTopology, needs: store, slow: true, honours: "FileName Document BackupFileName"},
	"Enable-CsTopology":  {run: enableTopology, needs: store, act: farm.EnableTopology, slow: true, honours: "SkipPrepareCheck"},
}

// getTopology gives the document as XML. The object form is refused, because it has
// no public description.
func getTopology(_ context.Context, r *run) error {
	if !r.On("AsXml") {
		return unsupported("Get-CsTopology without -AsXml")
	}
	if r.On("LocalStore") {
		return r.EmitWhole(xmlElement(r.config.Enabled.Bytes()))
	}
	document, err := r.Farm.TopologyXML()
	if err != nil {
		return err
	}
	return r.EmitWhole(xmlElement(document))
}

// xmlElement is an XElement whose ToString is the document. The reference's examples
// use it that way.
func xmlElement(document []byte) *value.Object {
	o := value.NewObject("System.Xml.Linq.XElement")
	o.Adapted = true
	o.Text = func() string { return string(document) }
	return o
}

func publishTopology(ctx context.Context, r *run) error {
	document, err := r.documentToPublish()
	if err != nil {
		return err
	}
	if yes, err := r.proceed("topology"); !yes || err != nil {
		return err
	}
	if err := r.writeFile(r.backupFile(), r.config.Published.Bytes()); err != nil {
		return err
	}
	_, err = r.Farm.Publish(ctx, r.by(), document)
	if refusal.KindOf(err) == refusal.Invalid { // the document is invalid, not a name
		return refusal.Because(refusal.Refused, "publish", "the topology", err)
	}
	return err
}

func (r *run) documentToPublish() ([]byte, error) {
	if r.Has("Document") {
		return []byte(r.Text("Document")), nil
	}
	return r.readFile(r.Text("FileName"))
}

// backupFile is the file in which a publish keeps the document that it replaces. The
// default name is that of the reference.
func (r *run) backupFile() string {
	if name := r.Text("BackupFileName"); name != "" {
		return name
	}
	now := r.Farm.Clock().Now().UTC()
	return fmt.Sprintf(`%s\Publish-CsTopology-Backup-[%s][%s].xml`, r.temp(), now.Format("2006_01_02"), now.Format("15_04_05"))
}

func enableTopology(ctx context.Context, r *run) error {
	if yes, err := r.proceed("topology"); !yes || err != nil {
		return err
	}
	return r.Farm.Enable(ctx, r.by())
}
