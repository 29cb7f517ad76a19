//go:build interop

package clients_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// ansible runs raw tasks, because Ansible's other modules compile C# on the host.
type ansible struct{ folder string }

func newAnsible(t *testing.T) client { return ansible{t.TempDir()} }

func (a ansible) ask(s signIn, asks ...question) ([]answer, error) {
	dir, err := os.MkdirTemp(a.folder, "")
	if err != nil {
		return nil, err
	}
	var tasks []map[string]any
	for _, q := range asks {
		tasks = append(tasks, map[string]any{"ansible.builtin.raw": q.Script, "ignore_errors": true, "timeout": int(q.Deadline.Seconds())})
	}
	for name, content := range map[string]any{
		"inventory.json": map[string]any{"all": map[string]any{"hosts": map[string]any{"machine": s.ansible()}}},
		"play.yml":       []any{map[string]any{"hosts": "machine", "gather_facts": false, "tasks": tasks}},
	} {
		text, err := json.Marshal(content)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return nil, err
		}
	}
	cmd := exec.Command("/usr/bin/ansible-playbook", "--inventory", "inventory.json", "play.yml")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "ANSIBLE_STDOUT_CALLBACK=json", "ANSIBLE_HOME="+dir, "ANSIBLE_LOCAL_TEMP="+dir, "LC_ALL=C.UTF-8")
	cmd.Env = append(cmd.Env, s.kerberosEnv()...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && out.Len() == 0 {
		return nil, fmt.Errorf("%w: %s", err, errs.String())
	}
	return readPlay(out.Bytes())
}

// readPlay reads the output of the json callback.
func readPlay(text []byte) ([]answer, error) {
	var run struct {
		Plays []struct {
			Tasks []struct {
				Hosts map[string]struct {
					RC                  int
					Stdout, Stderr, Msg string
					Unreachable         bool
				}
			}
		}
	}
	if err := json.Unmarshal(text, &run); err != nil {
		return nil, fmt.Errorf("%w: %s", err, text)
	}
	if len(run.Plays) == 0 {
		return nil, errors.New("nothing was played")
	}
	var got []answer
	for _, task := range run.Plays[0].Tasks {
		r := task.Hosts["machine"]
		if r.Unreachable {
			return nil, errors.New(r.Msg)
		}
		got = append(got, answer{Out: r.Stdout, Err: r.Stderr, Code: r.RC, GaveUp: strings.Contains(r.Msg, "expected time frame")})
	}
	return got, nil
}

// ansible returns the sign-in as variables of an Ansible host.
func (s signIn) ansible() map[string]any {
	v := map[string]any{
		"ansible_connection": "winrm", "ansible_shell_type": "powershell",
		"ansible_host": s.Host, "ansible_port": s.Port, "ansible_winrm_scheme": "https",
		"ansible_winrm_transport": strings.ToLower(s.Method), "ansible_winrm_ca_trust_path": s.CA,
		"ansible_user": s.User, "ansible_password": s.Password,
	}
	switch s.Method {
	case "Certificate":
		v["ansible_winrm_cert_pem"], v["ansible_winrm_cert_key_pem"] = s.Cert, s.Key
	case "Kerberos":
		v["ansible_winrm_kerberos_hostname_override"] = s.Machine.Machine
		v["ansible_winrm_kinit_mode"] = "manual" // Ansible's own kinit would not see KRB5_CONFIG
	}
	if s.OperationTimeout > 0 {
		v["ansible_winrm_operation_timeout_sec"], v["ansible_winrm_read_timeout_sec"] = s.OperationTimeout, s.OperationTimeout+10
	}
	return v
}
