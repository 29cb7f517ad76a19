package dotnet

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func environmentTypes() []*Type {
	machine := func(name string, of func(m Machine) any) Member {
		return current(name, func(e *Env) (any, error) { return of(e.Machine), nil })
	}
	return []*Type{{Name: "System.Environment", Static: members(
		machine("MachineName", func(m Machine) any { return m.Name() }),
		machine("UserDomainName", func(m Machine) any {
			_, domain, _ := strings.Cut(m.FQDN(), ".")
			short, _, _ := strings.Cut(domain, ".")
			return strings.ToUpper(short)
		}),
		constant("UserName", "Administrator"), constant("NewLine", "\r\n"), constant("ProcessorCount", int32(2)),
		constant("CurrentDirectory", `C:\Windows\system32`), constant("Is64BitProcess", true), constant("Is64BitOperatingSystem", true),
		constant("SystemDirectory", `C:\Windows\system32`), constant("UserInteractive", false),
		current("OSVersion", func(*Env) (any, error) {
			o := value.NewObject("System.OperatingSystem").Set("Platform", "Win32NT").
				Set("Version", value.Version{Major: 10, Minor: 0, Build: 17763, Revision: 0}).Set("VersionString", "Microsoft Windows NT 10.0.17763.0")
			o.Text = func() string { return "Microsoft Windows NT 10.0.17763.0" }
			return o, nil
		}),
		current("TickCount", func(e *Env) (any, error) { return int32(e.Clock.Now().UnixMilli() & 0x7fffffff), nil }),
		static("GetEnvironmentVariable", 1, 2, func(a *Args) (any, error) {
			for k, v := range a.Env.Vars {
				if strings.EqualFold(k, a.Text(0)) {
					return v, nil
				}
			}
			return nil, nil
		}),
		static("SetEnvironmentVariable", 2, 3, func(a *Args) (any, error) {
			for k := range a.Env.Vars {
				if strings.EqualFold(k, a.Text(0)) {
					delete(a.Env.Vars, k)
				}
			}
			if a.Text(1) != "" {
				a.Env.Vars[a.Text(0)] = a.Text(1)
			}
			return Void, nil
		})), Refused: []string{"*"}},
		{Name: "System.Diagnostics.Process", Refused: []string{"*"}},
	}
}
