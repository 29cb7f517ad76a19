package layout_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// reaching is the one package of the product that connects and resolves names for objects.
const reaching = "internal/reach"

// connecting are the names of each import path that lead to a connection or to a question to
// a resolver; "*" stands for all of a package.
var connecting = map[string][]string{
	"net": {"Dial", "DialTimeout", "DialTCP", "DialUDP", "DialIP", "DialUnix", "Dialer", "Resolver", "DefaultResolver", "ResolveTCPAddr", "ResolveUDPAddr", "ResolveIPAddr",
		"LookupAddr", "LookupCNAME", "LookupHost", "LookupIP", "LookupMX", "LookupNS", "LookupPort", "LookupSRV", "LookupTXT", "ListenPacket", "ListenUDP", "ListenConfig"},
	"crypto/tls":                            {"Dial", "DialWithDialer", "Dialer"},
	"net/http":                              {"Get", "Head", "Post", "PostForm", "DefaultClient", "DefaultTransport", "Transport", "ProxyFromEnvironment", "Client"},
	"net/rpc":                               {"*"},
	"net/smtp":                              {"*"},
	"syscall":                               {"Connect", "Socket"},
	"golang.org/x/sys/unix":                 {"Connect", "Socket"},
	"github.com/miekg/dns":                  {"Client", "Conn", "Transfer", "Dial", "DialTimeout", "DialTimeoutWithTLS", "DialWithTLS", "Exchange", "ExchangeConn", "ExchangeContext"},
	"github.com/masterzen/winrm":            {"NewClient", "NewClientWithParameters", "NewEndpoint", "DefaultParameters"},
	"github.com/jcmturner/gokrb5/v8/client": {"NewWithPassword", "NewWithKeytab", "NewFromCCache"},
	"github.com/jcmturner/gokrb5/v8/kadmin": {"*"},
	"github.com/Azure/go-ntlmssp":           {"*"},
}

// TestOneFunctionConnects: an address that the manager's flags deny is refused wherever the
// product would connect to it, because no other package can connect.
func TestOneFunctionConnects(t *testing.T) {
	dials := 0
	for _, folder := range []string{"api", "controllers", "internal", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			name, _ := filepath.Rel(root, path)
			if err != nil || d.IsDir() && name == playedKDC {
				return fs.SkipDir
			}
			if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return nil
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			found := connectionsOf(file)
			if strings.HasPrefix(name, reaching+string(filepath.Separator)) {
				dials += len(found)
				return nil
			}
			for _, what := range found {
				t.Errorf("%s: %s; connect through %s", name, what, reaching)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if dials == 0 {
		t.Fatalf("%s connects to nothing; the walk is broken", reaching)
	}
}

// TestConnectionsAreFound shows that the test above can fail.
func TestConnectionsAreFound(t *testing.T) {
	for _, text := range []string{
		`net.Dial("tcp", x)`,
		"var d net.Dialer",
		"net.DefaultResolver.LookupHost(ctx, x)",
		`tls.Dial("tcp", x, nil)`,
		"http.Get(x)",
		"c := http.Client{}",
		"c := &http.Client{Timeout: 1}",
		"c := new(http.Client)",
		"t := &http.Transport{}",
		"dns.Exchange(m, x)",
		"client.NewWithPassword(u, r, p, c)",
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", `package x
import ("net"; "net/http"; "crypto/tls"; "github.com/miekg/dns"; "github.com/jcmturner/gokrb5/v8/client")
func x() { `+text+` }`, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if len(connectionsOf(file)) != 1 {
			t.Errorf("%q: found %v", text, connectionsOf(file))
		}
	}
}

// connectionsOf lists the places in a file that could connect. An [http.Client] connects by
// itself unless it is given a transport.
func connectionsOf(file *ast.File) []string {
	var out []string
	names := namesOf(file, connecting)
	carried := map[ast.Node]bool{} // types of clients with a transport, and of parameters and fields
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			for _, e := range n.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "Transport" {
						carried[n.Type] = true
					}
				}
			}
		case *ast.StarExpr:
			carried[n.X] = true // a pointer comes from somewhere else
		case *ast.SelectorExpr:
			p, found := selects(n, names)
			if found && !(n.Sel.Name == "Client" && carried[n]) {
				out = append(out, p+"."+n.Sel.Name)
			}
		}
		return true
	})
	return out
}
