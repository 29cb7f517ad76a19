//go:build interop

package clients_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// python is Debian's interpreter, because another Python does not see Debian's packages.
const python = "/usr/bin/python3"

// pywinrm is a Python script that uses the library.
type pywinrm struct{}

func newPywinrm(*testing.T) client { return pywinrm{} }

func (pywinrm) ask(s signIn, asks ...question) ([]answer, error) {
	told, err := json.Marshal(map[string]any{"protocol": s.pywinrm(), "asks": asks})
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(python, "shell.py")
	cmd.Env = append(os.Environ(), s.kerberosEnv()...)
	cmd.Stdin = bytes.NewReader(told)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		lines := strings.Split(strings.TrimSpace(errs.String()), "\n")
		return nil, fmt.Errorf("%w: %s", err, lines[len(lines)-1])
	}
	var got []answer
	return got, json.Unmarshal(out.Bytes(), &got)
}

// pywinrm returns the sign-in as the library's arguments.
func (s signIn) pywinrm() map[string]any {
	o := map[string]any{
		"endpoint": s.Machine.URL, "transport": strings.ToLower(s.Method), "ca_trust_path": s.CA,
		"username": s.User, "password": s.Password,
	}
	switch s.Method {
	case "Certificate":
		o["cert_pem"], o["cert_key_pem"] = s.Cert, s.Key
	case "Kerberos":
		o["kerberos_hostname_override"] = s.Machine.Machine
	}
	if s.OperationTimeout > 0 {
		o["operation_timeout_sec"], o["read_timeout_sec"] = s.OperationTimeout, s.OperationTimeout+10
	}
	return o
}
