package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/masterzen/winrm"
	"sigs.k8s.io/yaml"
)

// administrator signs in to a Front End server over WinRM and runs cmdlets there, with
// another client than fedroute's.
type administrator struct{ client *winrm.Client }

// newAdministrator reads the organization's domain account and authority from the
// folder that lyncsim wrote, and takes its first Front End server.
func newAdministrator(folder string, at places) (*administrator, error) {
	var secrets struct {
		Accounts []struct{ Name, Password string } // the domain's stands first
	}
	text, err := os.ReadFile(filepath.Join(folder, "credentials.yaml"))
	if err != nil {
		return nil, err
	}
	if err := yaml.Unmarshal(text, &secrets); err != nil || len(secrets.Accounts) == 0 {
		return nil, errors.New("credentials.yaml is not what lyncsim writes") // the cause may quote a password
	}
	authority, err := os.ReadFile(filepath.Join(folder, "ca.crt"))
	if err != nil {
		return nil, err
	}
	server, port, err := frontEnd(at)
	if err != nil {
		return nil, err
	}
	parameters := *winrm.DefaultParameters
	parameters.TransportDecorator = func() winrm.Transporter { return &winrm.ClientNTLM{} }
	endpoint := winrm.NewEndpoint(server, port, true, false, authority, nil, nil, 20*time.Second)
	client, err := winrm.NewClientWithParameters(endpoint, secrets.Accounts[0].Name, secrets.Accounts[0].Password, &parameters)
	return &administrator{client}, err
}

// frontEnd is the address of the first Front End server's WinRM service.
func frontEnd(at places) (server string, port int, err error) {
	for _, m := range at.Machines {
		if m.Role == "FrontEnd" {
			address, err := url.Parse(m.URL)
			if err != nil {
				return "", 0, err
			}
			port, err := strconv.Atoi(address.Port())
			return address.Hostname(), port, err
		}
	}
	return "", 0, errors.New("lyncsim named no Front End server")
}

// run runs PowerShell and gives what it printed, without blanks around it.
func (a *administrator) run(ctx context.Context, script string) (string, error) {
	out, errs, code, err := a.client.RunPSWithContext(ctx, script)
	if err == nil && (code != 0 || errs != "") {
		err = fmt.Errorf("exit code %d: %s", code, errs)
	}
	return strings.TrimSpace(out), err
}
