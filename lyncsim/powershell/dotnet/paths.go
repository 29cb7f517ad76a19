package dotnet

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Leaf is the last element of a Windows path.
func Leaf(path string) string { return path[strings.LastIndexAny(path, `\/:`)+1:] }

// Parent is a Windows path without its last element.
func Parent(path string) string {
	i := strings.LastIndexAny(path, `\/`)
	if i < 0 {
		return ""
	}
	if i == 2 && path[1] == ':' {
		return path[:3]
	}
	return path[:i]
}

// JoinPath puts two elements of a Windows path together.
func JoinPath(parent, child string) string {
	if parent == "" {
		return child
	}
	return strings.TrimRight(parent, `\/`) + `\` + strings.TrimLeft(child, `\/`)
}

func pathStatics() Members {
	one := func(name string, of func(path string) string) Member {
		return static(name, 1, 1, func(a *Args) (any, error) { return of(a.Text(0)), nil })
	}
	extension := func(path string) string {
		if dot := strings.LastIndexByte(Leaf(path), '.'); dot >= 0 {
			return Leaf(path)[dot:]
		}
		return ""
	}
	return members(
		one("GetFileName", Leaf), one("GetDirectoryName", Parent), one("GetExtension", extension),
		one("GetFileNameWithoutExtension", func(p string) string { return strings.TrimSuffix(Leaf(p), extension(p)) }),
		one("GetFullPath", func(p string) string { return p }),
		static("IsPathRooted", 1, 1, func(a *Args) (any, error) {
			p := a.Text(0)
			return strings.HasPrefix(p, `\`) || len(p) > 1 && p[1] == ':', nil
		}),
		static("Combine", 1, 4, func(a *Args) (any, error) {
			path := ""
			for i := range a.Len() {
				if s := a.Text(i); strings.HasPrefix(s, `\`) || len(s) > 1 && s[1] == ':' {
					path = s
				} else {
					path = JoinPath(path, s)
				}
			}
			return path, nil
		}),
		static("GetTempPath", 0, 0, func(*Args) (any, error) { return `C:\Windows\Temp\`, nil }),
		static("GetRandomFileName", 0, 0, func(*Args) (any, error) { return randomName(), nil }),
		static("GetTempFileName", 0, 0, func(a *Args) (any, error) {
			path := `C:\Windows\Temp\tmp` + randomName()[:4] + `.tmp`
			return path, a.Env.Files.WriteFile(path, nil)
		}),
		constant("DirectorySeparatorChar", value.Char('\\')), constant("PathSeparator", value.Char(';')))
}

func randomName() string {
	g := strings.ReplaceAll(string(NewGuid()), "-", "")
	return g[:8] + "." + g[8:11]
}
