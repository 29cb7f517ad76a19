package farm

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// Product is one generation of the server product.
type Product struct {
	// ID is the name used in YAML: LyncServer2010, LyncServer2013,
	// SkypeForBusinessServer2015, SkypeForBusinessServer2019,
	// SkypeForBusinessServerSE.
	ID      string
	Name    string // "Lync Server 2013", as the cmdlet reference spells it
	Printed string // name that Get-CsServerVersion prints
	Version string // version that Get-CsServerVersion and ProductVersion show
	Module  string // "Lync" or "SkypeForBusiness"
	// ServiceVersion is the Version of services: 7 and 8 [field], 5 and 6
	// [inferred].
	ServiceVersion int
	XMPP           bool
	// XMPPRoute reports whether Set-CsSite has a parameter for the XMPP route, even
	// where the product does not use it.
	XMPPRoute  bool
	Deployment string // folder of Bootstrapper.exe
	// TellsStartType reports whether service objects on the product's machines have
	// the property StartType. They have it since .NET Framework 4.6.1 [doc]; 2010 and
	// 2013 were made for earlier versions [inferred].
	TellsStartType bool
}

// PairsPools reports whether Front End pools can be paired and failed over, which is
// possible since 2013 [doc].
func (p Product) PairsPools() bool { return p.ServiceVersion >= 6 }

// Bootstrapper is the full path of the setup program.
func (p Product) Bootstrapper() string { return p.Deployment + `\Bootstrapper.exe` }

// AdminScripts is the folder of the scripts that roles may run [doc for 2013, inferred for
// the others].
func (p Product) AdminScripts() string {
	return `C:\Program Files\Common Files\` + path.Base(strings.ReplaceAll(strings.TrimSuffix(p.Deployment, `\Deployment`), `\`, "/")) + `\AdminScripts`
}

// products is the table of docs/versions.md, which also says which entries are
// documented.
var products = map[string]Product{
	"LyncServer2010": {
		Name: "Lync Server 2010", Printed: "Microsoft Lync Server 2010", Version: "4.0.7577.0", Module: "Lync", ServiceVersion: 5,
		Deployment: `C:\Program Files\Microsoft Lync Server 2010\Deployment`,
	},
	"LyncServer2013": {
		Name: "Lync Server 2013", Printed: "Microsoft Lync Server 2013", Version: "5.0.8308.0", Module: "Lync", ServiceVersion: 6,
		XMPP: true, XMPPRoute: true,
		Deployment: `C:\Program Files\Microsoft Lync Server 2013\Deployment`,
	},
	"SkypeForBusinessServer2015": {
		Name: "Skype for Business Server 2015", Printed: "Skype for Business Server 2015", Version: "6.0.9319.0", Module: "SkypeForBusiness", ServiceVersion: 7,
		XMPP: true, XMPPRoute: true,
		Deployment: `C:\Program Files\Skype for Business Server 2015\Deployment`, TellsStartType: true,
	},
	"SkypeForBusinessServer2019": {
		Name: "Skype for Business Server 2019", Printed: "Skype for Business Server 2019", Version: "7.0.2046.0", Module: "SkypeForBusiness", ServiceVersion: 8,
		XMPPRoute:  true,
		Deployment: `C:\Program Files\Skype for Business Server 2019\Deployment`, TellsStartType: true,
	},
	"SkypeForBusinessServerSE": {
		Name: "Skype for Business Server Subscription Edition", Printed: "Skype for Business Server Subscription Edition",
		Version: "7.0.2046.820", Module: "SkypeForBusiness", ServiceVersion: 8,
		XMPPRoute:  true,
		Deployment: `C:\Program Files\Skype for Business Server Subscription Edition\Deployment`, TellsStartType: true,
	},
}

// ProductByID gives the product with the YAML name.
func ProductByID(id string) (Product, error) {
	p, ok := products[id]
	if !ok {
		return Product{}, fmt.Errorf("product %q does not exist; there are %s", id, strings.Join(ProductIDs(), ", "))
	}
	p.ID = id
	return p, nil
}

// ProductIDs lists the YAML names of all products.
func ProductIDs() []string { return slices.Sorted(maps.Keys(products)) }

// Names of the parameter of Set-CsSite for the XMPP route: that of the reference and
// that of the procedures.
const (
	XMPPRouteByReference  = "XmppFederationRoute"
	XMPPRouteByProcedures = "XmppExternalFederationRoute"
)
