package main

import (
	"path"
	"strings"

	"sigs.k8s.io/yaml"
)

// files is what templates see as .Files.
type files map[string][]byte

func (f files) Get(name string) string { return string(f[name]) }

func (f files) Glob(pattern string) files {
	found := files{}
	for name, content := range f {
		if matched, _ := path.Match(pattern, name); matched {
			found[name] = content
		}
	}
	return found
}

// AsConfig prints the files as the data of a ConfigMap, by their base names.
func (f files) AsConfig() string {
	data := map[string]string{}
	for name, content := range f {
		data[path.Base(name)] = string(content)
	}
	text, err := yaml.Marshal(data)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(text), "\n")
}
