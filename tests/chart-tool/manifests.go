package main

import (
	"fmt"
	"regexp"
	"sort"
	"strings"

	"sigs.k8s.io/yaml"
)

// The order in which Helm installs kinds; those it does not name come last, by name.
var installOrder = []string{
	"PriorityClass", "Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "PodSecurityPolicy",
	"PodDisruptionBudget", "ServiceAccount", "Secret", "ConfigMap", "StorageClass", "PersistentVolume",
	"PersistentVolumeClaim", "CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding", "Role",
	"RoleBinding", "Service", "DaemonSet", "Pod", "ReplicationController", "ReplicaSet", "Deployment",
	"HorizontalPodAutoscaler", "StatefulSet", "Job", "CronJob", "IngressClass", "Ingress", "APIService",
}

type manifest struct {
	source, text string
	head         struct {
		Kind     string
		Metadata struct {
			Name        string
			Annotations map[string]string
		}
	}
}

func (m manifest) hook() string { return m.head.Metadata.Annotations["helm.sh/hook"] }

func (m manifest) isTest() bool { return strings.Contains(m.hook(), "test") }

func (m manifest) rank() int {
	for index, kind := range installOrder {
		if kind == m.head.Kind {
			return index
		}
	}
	return len(installOrder)
}

func (m manifest) before(other manifest) bool {
	switch {
	case (m.hook() == "") != (other.hook() == ""):
		return m.hook() == "" // hooks come after what is installed
	case m.rank() != other.rank():
		return m.rank() < other.rank()
	case m.rank() == len(installOrder) && m.head.Kind != other.head.Kind:
		return m.head.Kind < other.head.Kind
	default:
		return m.head.Metadata.Name < other.head.Metadata.Name
	}
}

var separator = regexp.MustCompile(`(?m)^---\s*$`)

// split reads every document as YAML, strictly: a key that stands twice is an error.
func split(rendered map[string]string) ([]manifest, error) {
	var names []string
	for name := range rendered {
		if strings.HasSuffix(name, ".yaml") {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	var manifests []manifest
	for _, name := range names {
		for _, text := range separator.Split(rendered[name], -1) {
			if strings.TrimSpace(text) == "" {
				continue
			}
			whole := map[string]interface{}{}
			if err := yaml.UnmarshalStrict([]byte(text), &whole); err != nil {
				return nil, fmt.Errorf("YAML parse error on %s: %w\n%s", name, err, text)
			}
			if len(whole) == 0 {
				continue
			}
			found := manifest{source: name, text: text}
			if err := yaml.Unmarshal([]byte(text), &found.head); err != nil {
				return nil, fmt.Errorf("YAML parse error on %s: %w", name, err)
			}
			if found.head.Kind == "" {
				return nil, fmt.Errorf("%s: an object has no kind", name)
			}
			manifests = append(manifests, found)
		}
	}
	return manifests, nil
}
